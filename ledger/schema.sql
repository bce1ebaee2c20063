-- The ledger of proviso. Times are milliseconds since 1970 in UTC; 0 means none.
-- Hashes are HMAC-SHA256 under the notice's key, cut to 16 bytes; the key lies elsewhere.

-- A notice is one announcement by one controller.
CREATE TABLE notices (
  number      INTEGER PRIMARY KEY, -- short name for the other tables
  id          TEXT NOT NULL UNIQUE, -- POLICY@VERSION, several joined with +, further controllers with #N
  controller  TEXT NOT NULL,        -- legal name of who gives the notice
  effective   TEXT NOT NULL,        -- civil date, YYYY-MM-DD
  deadline    TEXT NOT NULL,        -- civil date before whose beginning mail must be accepted; empty: none
  deadline_at INTEGER NOT NULL,     -- the instant at which that date begins
  key_print   TEXT NOT NULL,        -- fingerprint of the key; another key would know nobody again
  addressed   INTEGER NOT NULL DEFAULT 0 -- 1: the table addresses has its rows
);

-- What the rows of a notice added up to when they were forgotten.
CREATE TABLE purges (
  notice    INTEGER PRIMARY KEY REFERENCES notices(number),
  at        INTEGER NOT NULL,
  pending   INTEGER NOT NULL,
  sending   INTEGER NOT NULL,
  accepted  INTEGER NOT NULL,
  deferred  INTEGER NOT NULL,
  ambiguous INTEGER NOT NULL,
  rejected  INTEGER NOT NULL,
  bounced   INTEGER NOT NULL,
  skipped   INTEGER NOT NULL,
  late      INTEGER NOT NULL, -- accepted after the deadline
  waiting   INTEGER NOT NULL, -- held the notice open
  out       INTEGER NOT NULL  -- accepted ones that our own relay passed on
);

-- Which policies a notice tells of.
CREATE TABLE notice_policies (
  notice INTEGER NOT NULL REFERENCES notices(number),
  policy TEXT NOT NULL,
  PRIMARY KEY (notice, policy)
) WITHOUT ROWID;

-- A wave is one enrolment of an audience; later ones add holders who joined since.
CREATE TABLE waves (
  number   INTEGER PRIMARY KEY,
  notice   INTEGER NOT NULL REFERENCES notices(number),
  at       INTEGER NOT NULL,
  audience INTEGER NOT NULL, -- holders to be told, those known already too
  added    INTEGER NOT NULL, -- of these, new in this wave
  query    TEXT NOT NULL,    -- where the holders came from
  digest   TEXT NOT NULL,    -- SHA-256 over the sorted holder hashes of the audience
  roll     TEXT NOT NULL,    -- SHA-256 over the sorted holder hashes of the rows that it was the first to have told
  excluded TEXT NOT NULL,    -- a line for each reason why holders are not told: COUNT REASON
  seal     TEXT NOT NULL     -- SHA-256 over all of the above and the seal of the wave before
);
CREATE INDEX waves_of ON waves(notice);

-- A letter is what all holders of one variant are told in the same words: the mail as
-- it was rendered, with holes for name, address, date and Message-ID. It is kept once, so
-- that years later it can be shown what somebody read, though no mail is kept.
CREATE TABLE letters (
  number INTEGER PRIMARY KEY,
  notice INTEGER NOT NULL REFERENCES notices(number),
  digest TEXT NOT NULL, -- SHA-256 of body
  body   BLOB NOT NULL,
  UNIQUE (notice, digest)
);

-- A remark is something that was done about a notice besides mailing it. Remarks are added and never changed.
CREATE TABLE remarks (
  number  INTEGER PRIMARY KEY,
  notice  INTEGER NOT NULL REFERENCES notices(number),
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,    -- live: the version was seen on its sites; offline: it was not looked for; posted: the list for post was written; as-of: the times are not the clock's
  holders INTEGER NOT NULL, -- of posted: how many are on the list
  text    TEXT NOT NULL     -- of live: addresses; of offline: the reason
);
CREATE INDEX remarks_of ON remarks(notice);

-- While there is a row here, nobody may send.
CREATE TABLE holds (
  only   INTEGER PRIMARY KEY CHECK (only = 1),
  at     INTEGER NOT NULL,
  reason TEXT NOT NULL -- may be empty
);

-- A row is one mail to one address.
CREATE TABLE rows (
  notice  INTEGER NOT NULL REFERENCES notices(number),
  holder  BLOB NOT NULL,              -- hash of the holder's id; of several with one address, the first's
  address BLOB NOT NULL,              -- hash of the normalised address
  -- (OR and not IN: for a list, SQLite builds a table in memory each time a row changes)
  state   TEXT NOT NULL CHECK (state = 'accepted' OR state = 'sending' OR state = 'pending' OR state = 'skipped' OR state = 'deferred'
    OR state = 'ambiguous' OR state = 'rejected' OR state = 'bounced'),
  reason  TEXT NOT NULL,              -- why it is skipped; of a deferred one: why nobody waits for it
  due     INTEGER NOT NULL,           -- when a deferred one is worth trying again
  tries   INTEGER NOT NULL,           -- attempts so far
  late    INTEGER NOT NULL,           -- 1: the holder joined after the deadline
  at      INTEGER NOT NULL,           -- of the last outcome
  out     INTEGER NOT NULL,           -- when our own relay passed an accepted one on; 0: not known
  letter  INTEGER,                    -- number of the letter of the last claim
  wave    INTEGER NOT NULL,           -- the enrolment of this notice, from 1, that was the first to have it told; 0: none yet
  -- Of most mails there is nothing more to say than that they were taken at the first try. That attempt
  -- is not among the attempts but here: its end is at, and it said letter.
  answer   INTEGER,                   -- what the server said (answers); NULL: the attempts are in their table
  queue_id TEXT,                      -- the server's name for the mail
  began    INTEGER,                   -- when it was handed over
  PRIMARY KEY (notice, holder)
) WITHOUT ROWID;

-- Which row an address has. It is filled for a notice, in order, when somebody first asks for an address:
-- as an index of rows it would grow at random places, which takes most of the time of an enrolment.
CREATE TABLE addresses (
  notice  INTEGER NOT NULL,
  address BLOB NOT NULL,
  holder  BLOB NOT NULL,
  PRIMARY KEY (notice, address, holder)
) WITHOUT ROWID;
CREATE TRIGGER row_moved AFTER UPDATE OF address ON rows WHEN new.address <> old.address BEGIN
  UPDATE addresses SET address = new.address WHERE notice = old.notice AND address = old.address AND holder = old.holder;
END;
CREATE TRIGGER row_gone AFTER DELETE ON rows BEGIN
  DELETE FROM addresses WHERE notice = old.notice AND address = old.address AND holder = old.holder;
END;

-- A server that mail was handed to, and how the connection was encrypted.
CREATE TABLE servers (
  number INTEGER PRIMARY KEY,
  server TEXT NOT NULL, -- host:port
  tls    TEXT NOT NULL, -- version of TLS; empty: none
  UNIQUE (server, tls)
);

-- A reply is what servers say to many mails, with a mark in the place of the mail's name. The first
-- forms of it are kept here once; a server that never says the same twice shall not fill the table.
CREATE TABLE replies (
  number INTEGER PRIMARY KEY,
  text   TEXT NOT NULL UNIQUE
);

-- An answer is all that servers say when they take a mail, but for its name.
CREATE TABLE answers (
  number INTEGER PRIMARY KEY,
  server INTEGER NOT NULL REFERENCES servers(number),
  code   INTEGER NOT NULL,
  reply  INTEGER NOT NULL REFERENCES replies(number),
  UNIQUE (server, code, reply)
);

-- An attempt is one try to hand a mail over, or later news of it. Attempts are added and never changed.
CREATE TABLE attempts (
  notice   INTEGER NOT NULL,
  holder   BLOB NOT NULL,
  number   INTEGER NOT NULL, -- counts from 1 for each row
  state    TEXT NOT NULL,    -- what the row became: accepted, deferred, ambiguous, rejected or bounced
  news     INTEGER NOT NULL, -- 1: nothing was tried; a report or a log said so later
  code     INTEGER NOT NULL, -- SMTP reply code; 0: the server did not say
  reply    INTEGER REFERENCES replies(number),
  text     TEXT NOT NULL,    -- of the reply, or what went wrong; empty where reply has it
  queue_id TEXT NOT NULL,    -- the server's name for the mail, the key to its log
  server   INTEGER REFERENCES servers(number),
  started  INTEGER NOT NULL,
  ended    INTEGER NOT NULL,
  due      INTEGER NOT NULL, -- of a deferred one
  letter   INTEGER,          -- number of the letter that the mail said; of news: none
  PRIMARY KEY (notice, holder, number),
  FOREIGN KEY (notice, holder) REFERENCES rows(notice, holder)
) WITHOUT ROWID;
