CREATE TABLE message(
  id INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  rests TEXT,
  subject TEXT NOT NULL,
  session TEXT,
  envelope_id TEXT,
  user TEXT,
  file TEXT);
CREATE INDEX message_file ON message(file) WHERE file IS NOT NULL;
CREATE TABLE content(
  id INTEGER PRIMARY KEY,
  trace BLOB NOT NULL,
  body BLOB);
CREATE TABLE recipient(
  message INTEGER NOT NULL,
  number INTEGER NOT NULL,
  state INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lease INTEGER,
  flags INTEGER NOT NULL,
  destination TEXT NOT NULL,
  address TEXT NOT NULL,
  given TEXT,
  original TEXT,
  reply_code INTEGER,
  reply_enhanced TEXT,
  reply_text TEXT,
  reply_peer TEXT,
  PRIMARY KEY(message, number)) WITHOUT ROWID;
CREATE INDEX recipient_due ON recipient(destination, next_at) WHERE state < 3;
CREATE INDEX recipient_lease ON recipient(lease) WHERE lease IS NOT NULL;
CREATE TABLE totals(
  messages INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  active INTEGER NOT NULL,
  deferred INTEGER NOT NULL,
  held INTEGER NOT NULL);
INSERT INTO totals VALUES(0, 0, 0, 0, 0, 0, 0);