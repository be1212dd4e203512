-- SPDX-License-Identifier: MIT
--
-- A database as version 1 left it, frozen: schema and rows are not to follow today's code.
-- `sqlite3 state.db < state_v1.sql` makes one by hand.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE resource (address TEXT PRIMARY KEY, type TEXT NOT NULL, host TEXT,
  playbook TEXT, created_by_us INTEGER NOT NULL, wanted TEXT, attributes TEXT,
  needs TEXT, changed_at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, playbook TEXT,
  verb TEXT NOT NULL, outcome TEXT NOT NULL, begun_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL DEFAULT 0);
CREATE TABLE step (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL,
  address TEXT NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL, label TEXT,
  outcome TEXT NOT NULL, failure TEXT, begun_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER NOT NULL DEFAULT 0);
CREATE TABLE handler (host TEXT NOT NULL, name TEXT NOT NULL, cause TEXT NOT NULL,
  script TEXT, run INTEGER NOT NULL, PRIMARY KEY (host, name, cause)) WITHOUT ROWID;
CREATE TABLE secret (label TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;

INSERT INTO meta VALUES ('project_id', '0123456789abcdef'), ('serial', 7);
INSERT INTO resource VALUES
  ('app:package/git', 'package', 'host/app', 'phase1', 1, '{}', '{"version":"2.39"}',
   '["host/app"]', 1700000000000),
  ('hetzner.server/app', 'hetzner.server', NULL, 'phase1', 1,
   '{"image":"debian-12","type":"cx23"}', '{"id":42,"ipv4":"192.0.2.1"}', '[]',
   1700000000000),
  ('hetzner.volume/data', 'hetzner.volume', NULL, 'phase1', 1, '{"size":10}',
   '{"id":43}', '["hetzner.server/app"]', 1700000000000);
INSERT INTO run VALUES
  (1, 'phase1', 'run', 'done', 1700000000000, 1700000060000),
  (2, 'phase1', 'run', 'open', 1700000100000, 0);
INSERT INTO step VALUES
  (1, 1, 'hetzner.server/app', 'hetzner.server', 'create', 'r1s1', 'done', NULL,
   1700000000000, 1700000030000),
  (2, 2, 'app:package/git', 'package', 'update', 'r2s1', 'open', NULL, 1700000100000, 0);
INSERT INTO handler VALUES
  ('host/app', 'reload caddy', 'app:file/a', 'systemctl reload caddy', 1),
  ('host/app', 'reload caddy', 'app:file/b', 'systemctl reload caddy', 2);
PRAGMA application_id = 1885958259;
PRAGMA user_version = 1;
COMMIT;
