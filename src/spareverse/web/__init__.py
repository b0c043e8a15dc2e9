"""The web application: pages for people, a read-only REST interface for programs, and the guard before both."""
