"""Consensus in the browser: fetch what the person may see, read the input, call one service, say what happened."""
