package dev.freehold.governance;

import dev.freehold.database.Schema;
import java.util.List;

/// The tables of principals, keys and sessions.
final class GovernanceSchema {

  static final Schema SCHEMA =
      new Schema(
          "governance",
          List.of(
              """
              create table principal(
                id text primary key,
                name text not null unique,
                groups text not null
              ) strict;
              create table key(
                id text primary key,
                digest blob not null unique,
                hint text not null,
                principal text not null references principal(id),
                created integer not null,
                revoked integer
              ) strict;
              create table session(
                digest blob primary key,
                key text not null references key(id),
                ends integer not null
              ) strict;
              """));

  private GovernanceSchema() {}
}
