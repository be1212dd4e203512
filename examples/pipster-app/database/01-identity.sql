-- The tables of Pipster Identity, made once, when the database is empty.
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE clients (
  client_id text PRIMARY KEY,
  redirect_uri text NOT NULL
);
CREATE TABLE grants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  client_id text NOT NULL REFERENCES clients (client_id),
  expires_at timestamptz NOT NULL
);
