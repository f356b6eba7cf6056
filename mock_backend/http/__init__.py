"""The back-end as an ASGI application: requests, answers, and what is in their bodies."""
