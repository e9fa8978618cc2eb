package dev.freehold.workload;

import dev.freehold.database.Schema;
import java.util.List;

/// The tables of workloads, their history and their exchanges.
final class WorkloadSchema {

  static final Schema SCHEMA =
      new Schema(
          "workload",
          List.of(
              """
              create table workload(
                name text primary key,
                settings text not null
              ) strict;
              create table switch(
                id integer primary key autoincrement,
                workload text not null,
                at integer not null,
                actor text not null,
                actor_name text not null,
                before text not null,
                after text not null,
                reason text not null,
                verdict text not null
              ) strict;
              create index switch_by_workload on switch(workload, id);
              create table exchange(
                id text primary key,
                at integer not null,
                workload text not null,
                principal text not null,
                model text not null,
                part text not null,
                of text not null,
                outcome text not null,
                problem text not null,
                reason text not null,
                took integer not null,
                first_word integer not null,
                prompt_tokens integer not null,
                completion_tokens integer not null,
                cost real not null,
                valid integer not null,
                refused integer not null,
                request text not null,
                answer text not null
              ) strict;
              create index exchange_by_workload on exchange(workload, id);
              create index exchange_by_principal on exchange(principal);
              """,
              "alter table exchange add column may_train integer not null default 0",
              "alter table exchange add column format text not null default ''"));

  private WorkloadSchema() {}
}
