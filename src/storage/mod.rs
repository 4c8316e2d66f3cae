//! What is kept on disk: the Maildirs (the truth), the durable queue, the index (a cache), settings and secrets.
