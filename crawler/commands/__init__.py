"""The verbs of `dangjian`, one file each."""
