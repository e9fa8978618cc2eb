package dev.freehold.server.page;

import dev.freehold.chat.Message;
import dev.freehold.proving.DrawnBenchmark;
import dev.freehold.proving.Look;
import dev.freehold.proving.ProofRun;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.RecordedVerdict;
import dev.freehold.proving.ReviewCase;
import dev.freehold.proving.Watch;
import dev.freehold.server.http.Json;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of benchmarks, golds, proofs and watches, as `docs/http-api.md` has it.
final class ProofShapes {

  private ProofShapes() {}

  static ObjectNode benchmark(DrawnBenchmark one) {
    ObjectNode json =
        Json.object()
            .put("id", one.id())
            .put("version", one.version())
            .put("grader", one.grader())
            .put("at", one.at().toString())
            .put("drawnBy", one.drawnBy())
            .put("frozen", one.frozen())
            .put("cases", one.counts().all())
            .put("reviewed", one.counts().reviewed())
            .put("open", one.counts().open())
            .put("skipped", one.counts().skipped());
    json.putObject("leftAside")
        .put("older", one.left().older())
        .put("same", one.left().same())
        .put("near", one.left().near())
        .put("tools", one.left().tools());
    return json;
  }

  static ObjectNode gold(ReviewCase one) {
    ObjectNode json =
        Json.object()
            .put("id", one.content().id())
            .put("proposal", one.proposal())
            .put("origin", one.content().origin().name().toLowerCase(Locale.ROOT))
            .put("by", one.content().by())
            .put("open", one.open())
            .put("skipped", one.skipped());
    one.content().at().ifPresent(at -> json.put("at", at.toString()));
    ArrayNode messages = json.putArray("messages");
    for (Message message : one.content().messages()) {
      messages.addObject().put("role", message.role()).put("text", message.text());
    }
    one.content().golds().forEach(json.putArray("golds")::add);
    return json;
  }

  static ObjectNode outlook(Proofs.Outlook one) {
    return Json.object()
        .put("incumbent", one.incumbent())
        .put("sentence", one.sentence())
        .put("cases", one.plan().cases())
        .put("needed", one.plan().needed())
        .put("power", one.plan().power())
        .put("questions", one.questions())
        .put("modelGolds", one.modelGolds());
  }

  static ObjectNode proof(ProofRun run) {
    ObjectNode json =
        Json.object()
            .put("id", run.id())
            .put("workload", run.workload())
            .put("benchmark", run.benchmark())
            .put("at", run.at().toString())
            .put("startedBy", run.startedBy())
            .put("state", run.state().word())
            .put("problem", run.problem())
            .put("margin", 100 * run.terms().settings().margin())
            .put("done", run.done())
            .put("total", run.total())
            .put("leftSeconds", run.left().toSeconds())
            .put("cost", run.cost())
            .put("failures", run.failures());
    run.terms().candidates().forEach(json.putArray("candidates")::add);
    ArrayNode verdicts = json.putArray("verdicts");
    run.verdicts().forEach(one -> verdicts.add(verdict(one)));
    return json;
  }

  private static ObjectNode verdict(RecordedVerdict one) {
    ObjectNode json =
        Json.object()
            .put("id", one.id())
            .put("candidate", one.candidate())
            .put("incumbent", one.incumbent())
            .put("outcome", one.outcome().name().toLowerCase(Locale.ROOT))
            .put("better", one.better())
            .put("sentence", one.sentence())
            .put("difference", 100 * one.difference())
            .put("low", 100 * one.low())
            .put("high", 100 * one.high());
    one.erased().ifPresent(at -> json.put("erased", at.toString()));
    return json;
  }

  static ObjectNode watch(Watch one) {
    return Json.object()
        .put("candidate", one.candidate())
        .put("everyHours", one.every().toHours())
        .put("margin", 100 * one.margin())
        .put("cases", one.cases())
        .put("due", one.due().toString())
        .put("problem", one.problem());
  }

  static ObjectNode look(Look one) {
    return Json.object()
        .put("at", one.at().toString())
        .put("reason", one.reason())
        .put("incumbent", one.incumbent())
        .put("candidate", one.candidate())
        .put("incumbentScore", 100 * one.incumbentScore())
        .put("candidateScore", 100 * one.candidateScore())
        .put("same", one.same())
        .put("drifted", one.drifted())
        .put("anew", one.anew())
        .put("low", 100 * one.low())
        .put("high", 100 * one.high())
        .put("conversations", one.conversations())
        .put("outcome", one.outcome().name().toLowerCase(Locale.ROOT))
        .put("note", one.note());
  }
}
