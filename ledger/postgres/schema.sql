-- The ledger of proviso on PostgreSQL. Times are milliseconds since 1970 in UTC, 0 means none, and they are
-- those of the senders' clocks; only what says when a sender was last alive is of the server's clock.
-- Hashes are HMAC-SHA256 under the notice's key, cut to 16 bytes; the key lies elsewhere.
CREATE SCHEMA IF NOT EXISTS proviso;

-- Which form of these tables this is.
CREATE TABLE proviso.form (version int NOT NULL);

-- A notice is one announcement by one controller.
CREATE TABLE proviso.notices (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- short name for the other tables
  id          text NOT NULL UNIQUE, -- POLICY@VERSION, several joined with +, further controllers with #N
  controller  text NOT NULL,        -- legal name of who gives the notice
  effective   text NOT NULL,        -- civil date, YYYY-MM-DD
  deadline    text NOT NULL,        -- civil date before whose beginning mail must be accepted; empty: none
  deadline_at bigint NOT NULL,      -- the instant at which that date begins
  key_print   text NOT NULL         -- fingerprint of the key; another key would know nobody again
);

-- What the rows of a notice added up to when they were forgotten.
CREATE TABLE proviso.purges (
  notice    bigint PRIMARY KEY REFERENCES proviso.notices(number),
  at        bigint NOT NULL,
  pending   int NOT NULL,
  sending   int NOT NULL,
  accepted  int NOT NULL,
  deferred  int NOT NULL,
  ambiguous int NOT NULL,
  rejected  int NOT NULL,
  bounced   int NOT NULL,
  skipped   int NOT NULL,
  late      int NOT NULL, -- accepted after the deadline
  waiting   int NOT NULL, -- held the notice open
  out       int NOT NULL  -- accepted ones that our own relay passed on
);

-- Which policies a notice tells of.
CREATE TABLE proviso.notice_policies (
  notice bigint NOT NULL REFERENCES proviso.notices(number),
  policy text NOT NULL,
  PRIMARY KEY (notice, policy)
);

-- A wave is one enrolment of an audience; later ones add holders who joined since.
CREATE TABLE proviso.waves (
  number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  notice   bigint NOT NULL REFERENCES proviso.notices(number),
  at       bigint NOT NULL,
  audience int NOT NULL,  -- holders to be told, those known already too
  added    int NOT NULL,  -- of these, new in this wave
  query    text NOT NULL, -- where the holders came from
  digest   text NOT NULL, -- SHA-256 over the sorted holder hashes of the audience
  roll     text NOT NULL, -- SHA-256 over the sorted holder hashes of the rows that it was the first to have told
  excluded text NOT NULL, -- a line for each reason why holders are not told: COUNT REASON
  seal     text NOT NULL  -- SHA-256 over all of the above and the seal of the wave before
);
CREATE INDEX waves_of ON proviso.waves(notice);

-- A letter is what all holders of one variant are told in the same words: the mail as it was rendered, with
-- holes for name, address, date and Message-ID.
CREATE TABLE proviso.letters (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  notice bigint NOT NULL REFERENCES proviso.notices(number),
  digest text NOT NULL, -- SHA-256 of body
  body   bytea NOT NULL,
  UNIQUE (notice, digest)
);

-- A remark is something that was done about a notice besides mailing it. Remarks are added and never changed.
CREATE TABLE proviso.remarks (
  number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  notice  bigint NOT NULL REFERENCES proviso.notices(number),
  at      bigint NOT NULL,
  kind    text NOT NULL, -- live: the version was seen on its sites; offline: it was not looked for; posted: the list for post was written; as-of: the times are not the clock's
  holders int NOT NULL,  -- of posted: how many are on the list
  text    text NOT NULL  -- of live: addresses; of offline: the reason; of posted: the digest of the list
);
CREATE INDEX remarks_of ON proviso.remarks(notice);

-- Whether anybody may send. There is one row always: who claims takes a share of its lock, so that a hold
-- waits for claims under way, and no claim comes after it.
CREATE TABLE proviso.gate (
  one    int PRIMARY KEY CHECK (one = 1),
  held   boolean NOT NULL,
  at     bigint NOT NULL,
  reason text NOT NULL -- may be empty
);
INSERT INTO proviso.gate VALUES (1, false, 0, '');

-- An owner is one sender at work on one notice. It is alive while its lease lasts and its session, which has
-- the advisory lock (1886547830, number), is there. What it has claimed is its own as long.
CREATE TABLE proviso.owners (
  number bigint PRIMARY KEY,
  notice bigint NOT NULL REFERENCES proviso.notices(number),
  until  timestamptz NOT NULL, -- end of the lease
  server timestamptz NOT NULL  -- when the server was started to which its session belongs: sessions end with it, senders do not
);
CREATE SEQUENCE proviso.owner_numbers AS int CYCLE;

-- A row is one mail to one address. It is written twice or more: room is left for that beside it.
CREATE TABLE proviso.rows (
  notice  bigint NOT NULL REFERENCES proviso.notices(number),
  holder  bytea NOT NULL,  -- hash of the holder's id; of several with one address, the first's
  address bytea NOT NULL,  -- hash of the normalised address
  state   text NOT NULL CHECK (state IN ('pending', 'sending', 'accepted', 'deferred', 'ambiguous', 'rejected', 'bounced', 'skipped')),
  reason  text NOT NULL,   -- why it is skipped; of a deferred one: why nobody waits for it
  due     bigint NOT NULL, -- when a deferred one is worth trying again
  tries   int NOT NULL,    -- attempts so far
  late    boolean NOT NULL, -- the holder joined after the deadline
  at      bigint NOT NULL, -- of the last outcome
  out     bigint NOT NULL, -- when our own relay passed an accepted one on; 0: not known
  letter  bigint,          -- number of the letter of the last claim
  wave    int NOT NULL,    -- the enrolment of this notice, from 1, that was the first to have it told; 0: none yet
  owner   bigint,          -- who claimed it; none: nobody, or it is settled
  PRIMARY KEY (notice, holder)
) WITH (fillfactor = 70);
CREATE INDEX rows_by_address ON proviso.rows(notice, address);

-- A server that mail was handed to, and how the connection was encrypted.
CREATE TABLE proviso.servers (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  server text NOT NULL, -- host:port
  tls    text NOT NULL, -- version of TLS; empty: none
  UNIQUE (server, tls)
);

-- An attempt is one try to hand a mail over, or later news of it. Attempts are added and never changed.
CREATE TABLE proviso.attempts (
  notice   bigint NOT NULL,
  holder   bytea NOT NULL,
  number   int NOT NULL,     -- counts from 1 for each row
  state    text NOT NULL,    -- what the row became: accepted, deferred, ambiguous, rejected or bounced
  news     boolean NOT NULL, -- nothing was tried; a report or a log said so later
  code     int NOT NULL,     -- SMTP reply code; 0: the server did not say
  text     text NOT NULL,    -- of the reply, or what went wrong
  queue_id text NOT NULL,    -- the server's name for the mail, the key to its log
  server   bigint REFERENCES proviso.servers(number),
  started  bigint NOT NULL,
  ended    bigint NOT NULL,
  due      bigint NOT NULL,  -- of a deferred one
  letter   bigint,           -- number of the letter that the mail said; of news: none
  PRIMARY KEY (notice, holder, number),
  FOREIGN KEY (notice, holder) REFERENCES proviso.rows(notice, holder)
);
CREATE INDEX attempts_by_end ON proviso.attempts(ended);

-- A lane is a rate that all senders keep together: when the next mail may go.
CREATE TABLE proviso.lanes (
  name text PRIMARY KEY, -- a domain; empty: all mail
  free timestamptz NOT NULL
);

-- How much of the quota was taken in each part of its time.
CREATE TABLE proviso.spent (
  part  timestamptz PRIMARY KEY, -- when the part begins
  mails int NOT NULL             -- may be less than none: given back, and taken in a part before
);
