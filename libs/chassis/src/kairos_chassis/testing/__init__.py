"""For tests: a real database per service, tokens, a clock that stands, and a harness around a
service's application. Nothing here runs in production."""
