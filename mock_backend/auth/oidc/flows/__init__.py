"""Log-ins: flows of OpenID Connect that people take part in."""
