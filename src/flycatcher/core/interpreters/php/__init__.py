"""PHP: its command line, its CGI and its debugger."""
