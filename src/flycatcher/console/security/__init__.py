"""Who may see and do what: users, passwords, sessions, where a request comes from, and the audit."""
