"""The wiring room: where the parts are put together."""
