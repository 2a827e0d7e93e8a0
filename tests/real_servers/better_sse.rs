//! better-sse: HTTP/2 over TLS, batches.
