"""Who has proved who they are: sign-in by mail, sessions, second factors, secret addresses."""
