"""The web door: pages without JavaScript, rendered from `app.pages` and `app.lookup`. No rule lives here."""
