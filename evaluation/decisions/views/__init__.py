"""Reports, decisions and appeals in the browser: fetch what the person may see, call one service, say what happened."""
