function fontZoom(size) {
  document.getElementById('con').style.fontSize = size + 'px';
}
function newsPost(data, done) {
  var call = new XMLHttpRequest();
  call.open('POST', PDV_RP + 'news/post.php');
  call.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
  call.onload = function () { done(call.responseText); };
  call.send(data);
}
function contentPages(newsid) {
  newsPost('act=contentpages&newsid=' + newsid, function (items) {
    var box = document.getElementById('contentpages');
    box.innerHTML = '<ul>' + items + '</ul>';
    var pages = box.querySelectorAll('li.pages');
    if (pages.length < 2) { box.style.display = 'none'; return; }
    pages[0].className = 'pagesnow';
    pages.forEach(function (item) {
      item.onclick = function () {
        box.querySelector('li.pagesnow').className = 'pages';
        item.className = 'pagesnow';
        newsPost('act=getcontent&newspageid=' + item.id.substr(2) + '&newsid=' + newsid + '&RP=' + PDV_RP, function (text) {
          document.getElementById('con').innerHTML = text;
          setBg();
        });
      };
    });
    setBg();
  });
}
window.addEventListener('load', function () {
  contentPages(document.getElementById('newsid').value);
});
