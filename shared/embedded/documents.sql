CREATE TABLE IF NOT EXISTS documents (
    path TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    fields TEXT NOT NULL,  -- JSON; bytes stand in `blob`
    blob BLOB NOT NULL,
    expires_at INTEGER  -- microseconds since 1970
);
CREATE INDEX IF NOT EXISTS documents_expires_at ON documents (expires_at) WHERE expires_at IS NOT NULL;

-- A document's place in each declared query, in bytes that sort as Firestore sorts.
CREATE TABLE IF NOT EXISTS index_entries (
    query TEXT NOT NULL,
    collection TEXT NOT NULL,
    key BLOB NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (query, collection, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS index_definitions (query TEXT PRIMARY KEY, definition TEXT NOT NULL);
