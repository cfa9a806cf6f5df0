-- What is to be delivered to functions: a topic's messages, tasks, triggers and schedules. Times are seconds since 1970.
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,  -- topic, task, trigger or schedule
    target TEXT NOT NULL,  -- the function's name
    data BLOB NOT NULL,
    attributes TEXT NOT NULL,  -- JSON
    published REAL NOT NULL,
    ready REAL NOT NULL,  -- not delivered before
    failures INTEGER NOT NULL DEFAULT 0,
    doubled INTEGER NOT NULL DEFAULT 0,  -- it, or its twin, was inserted to be a duplicate
    owner TEXT  -- the worker that is delivering it
);
CREATE INDEX IF NOT EXISTS messages_ready ON messages (target, ready) WHERE owner IS NULL;
CREATE INDEX IF NOT EXISTS messages_owner ON messages (owner) WHERE owner IS NOT NULL;

CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    data BLOB NOT NULL,
    attributes TEXT NOT NULL,
    published REAL NOT NULL,
    ready REAL NOT NULL,  -- when its last delivery failed
    failures INTEGER NOT NULL
);

-- Messages whose first publish was lost on purpose (FIRMOGRAPH_LOSE_TOPICS).
CREATE TABLE IF NOT EXISTS lost_messages (topic TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (topic, data));
