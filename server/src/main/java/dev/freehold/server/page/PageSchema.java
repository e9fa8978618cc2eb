package dev.freehold.server.page;

import dev.freehold.database.Schema;
import java.util.List;

/// The tables of conversations.
final class PageSchema {

  static final Schema SCHEMA =
      new Schema(
          "server",
          List.of(
              """
              create table conversation(
                id text primary key,
                owner text not null,
                title text not null,
                model text not null,
                collections text not null,
                updated integer not null
              ) strict;
              create index conversation_by_owner on conversation(owner, updated);
              create table message(
                position integer primary key autoincrement,
                id text not null unique,
                conversation text not null references conversation(id) on delete cascade,
                owner text not null,
                parent text,
                role text not null,
                text text not null,
                created integer not null,
                state text not null,
                model text not null,
                passages text not null,
                citations text not null,
                grounding text,
                usage text
              ) strict;
              create index message_by_conversation on message(conversation, position);
              """));

  private PageSchema() {}
}
