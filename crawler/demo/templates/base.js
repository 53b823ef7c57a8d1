// PHPWeb places its plug-ins absolutely and lets a script give the page its height.
function setBg() {
  var deepest = 500, plugins = document.querySelectorAll('#content > .pdv_class');
  for (var i = 0; i < plugins.length; i++) {
    deepest = Math.max(deepest, plugins[i].offsetTop + plugins[i].scrollHeight + 40);
  }
  document.getElementById('content').style.height = deepest + 'px';
}
window.onload = setBg;
