BEGIN TRANSACTION;
CREATE TABLE approvals (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_name TEXT NOT NULL, stage TEXT NOT NULL,
  asked_at REAL NOT NULL, deadline REAL NOT NULL, answered_at REAL NOT NULL, approved INTEGER NOT NULL,
  answered_by TEXT NOT NULL, PRIMARY KEY (run, task_name)
) WITHOUT ROWID;
INSERT INTO "approvals" VALUES(1,'publish','publish',1795310132.05,1795313730.25,1795310132.25,1,'ada@engine');
CREATE TABLE artifacts (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, task_name TEXT NOT NULL,
  path TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL
);
INSERT INTO "artifacts" VALUES(1,1795310131.85,'api:test','target/nextest/junit.xml','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',913);
CREATE TABLE notices (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, at REAL NOT NULL, message TEXT NOT NULL,
  task_name TEXT NOT NULL
);
INSERT INTO "notices" VALUES(1,1795310130.31,'the cache cannot be written: nothing is stored','');
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, pipeline_name TEXT NOT NULL, result TEXT NOT NULL,
  started_at REAL NOT NULL, ended_at REAL NOT NULL, duration_s REAL NOT NULL, ref_head_name TEXT NOT NULL,
  ref_head_revision TEXT NOT NULL, host_name TEXT NOT NULL, pid INTEGER NOT NULL, argv TEXT NOT NULL,
  root TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, message TEXT NOT NULL, total INTEGER NOT NULL,
  ran INTEGER NOT NULL, cached INTEGER NOT NULL, failed INTEGER NOT NULL, skipped INTEGER NOT NULL,
  saved_s REAL NOT NULL, expected_s REAL NOT NULL
);
INSERT INTO "runs" VALUES(1,'20261122-011530-7f3a','test','failure',1795310130.25,1795310133.35,3.1,'main','4b825dc642cb6eb9a060e54bf8d69288fbee4904','engine',4711,'["pitstop", "run", "test"]','/home/ada/shop','0.1.0','pitstop','',4,2,1,1,1,3.5,12.5);
INSERT INTO "runs" VALUES(2,'20261122-011630-00ff','','cancellation',1795310190.25,1795310192.25,2.0,'main','','',0,'[]','/home/ada/shop','','pitstop','pitstop was killed, or could not write its record to the end',1,1,0,0,0,0.0,0.0);
CREATE TABLE tasks (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_name TEXT NOT NULL, result TEXT NOT NULL,
  origin TEXT NOT NULL, action TEXT NOT NULL, exit_code INTEGER, signal INTEGER NOT NULL, started_at REAL NOT NULL,
  ended_at REAL NOT NULL, duration_s REAL NOT NULL, attempts INTEGER NOT NULL, cpu_s REAL NOT NULL,
  memory INTEGER NOT NULL, read_bytes INTEGER NOT NULL, written_bytes INTEGER NOT NULL, outputs INTEGER NOT NULL,
  output_bytes INTEGER NOT NULL, command TEXT NOT NULL, reason TEXT NOT NULL, batch TEXT NOT NULL,
  expected_s REAL NOT NULL, message TEXT NOT NULL, PRIMARY KEY (run, task_name)
) WITHOUT ROWID;
INSERT INTO "tasks" VALUES(1,'api:test','success','run','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc/142',0,0,1795310130.45,1795310131.95,0.5,2,0.4,52428800,4096,8192,1,31,'cargo nextest run -p api','src/lib.rs changed','',4.0,'');
INSERT INTO "tasks" VALUES(1,'core:test','success','cache','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/142',0,0,0.0,1795310130.35,3.5,1,0.0,0,0,0,2,0,'','','',0.0,'');
INSERT INTO "tasks" VALUES(1,'web:e2e','skip','run','',NULL,0,0.0,1795310133.25,0.0,1,0.0,0,0,0,0,0,'','','',0.0,'web:test failed');
INSERT INTO "tasks" VALUES(1,'web:test','failure','run','',1,0,1795310132.35,1795310133.25,0.9,1,0.0,0,0,0,0,0,'vitest run','','',0.0,'');
INSERT INTO "tasks" VALUES(2,'api:test','cancellation','run','',NULL,0,1795310191.25,1795310192.25,1.0,1,0.0,0,0,0,0,9,'cargo t','','',0.0,'pitstop was killed while it ran');
CREATE TABLE tests (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, ended_at REAL NOT NULL, task_name TEXT NOT NULL,
  suite_name TEXT NOT NULL, case_name TEXT NOT NULL, result TEXT NOT NULL, duration_s REAL NOT NULL,
  message TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, attempt INTEGER NOT NULL
);
INSERT INTO "tests" VALUES(1,1795310130.75,'api:test','api','tests::divides','failure',0.02,'attempt to divide by zero','api/src/lib.rs',7,1);
INSERT INTO "tests" VALUES(1,1795310131.75,'api:test','api','tests::divides','success',0.02,'','',0,2);
CREATE INDEX runs_started ON runs (started_at);
CREATE INDEX tasks_named ON tasks (task_name, run);
CREATE INDEX tests_run ON tests (run);
CREATE INDEX tests_named ON tests (case_name, suite_name, task_name);
CREATE INDEX artifacts_run ON artifacts (run);
CREATE INDEX notices_run ON notices (run);
COMMIT;
PRAGMA user_version = 1;
