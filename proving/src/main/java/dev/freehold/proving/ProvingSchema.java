package dev.freehold.proving;

import dev.freehold.database.Schema;
import java.util.List;

/// The tables of benchmarks that were drawn, of proofs, verdicts and looks.
///
/// Words of people are only ever in `benchmark_case`, by whose exchange they came, and in the files
/// of proofs; erasing deletes both.
final class ProvingSchema {

  static final Schema SCHEMA =
      new Schema(
          "proving",
          List.of(
              """
              create table benchmark(
                id text primary key,
                workload text not null,
                version integer not null,
                grader text not null,
                at integer not null,
                actor text not null,
                actor_name text not null,
                older integer not null,
                same integer not null,
                near integer not null,
                tools integer not null,
                frozen integer not null,
                seals text not null
              ) strict;
              create index benchmark_by_workload on benchmark(workload, version);
              create table benchmark_case(
                benchmark text not null,
                position integer not null,
                id text not null,
                principal text not null,
                content text not null,
                proposal text not null,
                skipped integer not null,
                primary key(benchmark, id)
              ) strict;
              create index benchmark_case_by_principal on benchmark_case(principal);
              create table proof(
                id text primary key,
                workload text not null,
                benchmark text not null,
                at integer not null,
                actor text not null,
                actor_name text not null,
                terms text not null,
                folder text not null,
                place text not null,
                private integer not null,
                state text not null,
                problem text not null,
                done integer not null,
                total integer not null,
                left_millis integer not null,
                cost real not null,
                failures integer not null,
                ended integer not null
              ) strict;
              create index proof_by_workload on proof(workload, at);
              create table verdict(
                id text primary key,
                proof text not null,
                workload text not null,
                at integer not null,
                candidate text not null,
                incumbent text not null,
                outcome text not null,
                better integer not null,
                sentence text not null,
                candidate_score real not null,
                incumbent_score real not null,
                difference real not null,
                low real not null,
                high real not null,
                erased integer not null
              ) strict;
              create index verdict_by_workload on verdict(workload, at);
              create table watch(
                workload text primary key,
                candidate text not null,
                every_seconds integer not null,
                margin real not null,
                cases integer not null,
                terms text not null,
                actor text not null,
                actor_name text not null,
                due integer not null,
                problem text not null
              ) strict;
              create table look(
                id integer primary key autoincrement,
                workload text not null,
                at integer not null,
                reason text not null,
                candidate text not null,
                incumbent text not null,
                incumbent_is text not null,
                candidate_is text not null,
                incumbent_score real not null,
                candidate_score real not null,
                anchors integer not null,
                same real not null,
                drift real not null,
                drift_level real not null,
                anew integer not null,
                fresh text not null,
                low real not null,
                high real not null,
                conversations integer not null,
                outcome text not null,
                note text not null
              ) strict;
              create index look_by_workload on look(workload, id);
              create table look_case(
                look integer not null,
                id text not null,
                anchor integer not null,
                incumbent real not null,
                candidate real not null,
                answer text not null,
                primary key(look, id, anchor)
              ) strict;
              """));

  private ProvingSchema() {}
}
