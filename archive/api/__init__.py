"""What machines may ask of the archive: a read-only interface over HTTP, told of in OpenAPI 3.1 and on a page."""
