package dev.freehold.proving;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.evaluation.Lines;
import dev.freehold.evaluation.ProofSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a proof of a workload is to find out, and how.
///
/// @param candidates the models that may take the incumbent's place, by name; `NAME+docs` is given
///   documents
/// @param settings margin and all else that is fixed before
/// @param judge the model that compares answers, where the grader is a judge
/// @param judgeForced also one of a contestant's family
/// @param modelGolds whether golds that no person has looked at will do
/// @param collections the collections that contestants called `NAME+docs` are given
/// @param parallel how many cases are asked at once
public record Terms(
    List<String> candidates,
    ProofSettings settings,
    Optional<String> judge,
    boolean judgeForced,
    boolean modelGolds,
    Set<String> collections,
    int parallel) {

  public Terms {
    candidates = List.copyOf(candidates);
    collections = Set.copyOf(collections);
    if (candidates.isEmpty() || candidates.size() > 20) {
      throw new InvalidRequest("A proof needs one to twenty candidates.", "candidates");
    }
    if (new HashSet<>(candidates).size() < candidates.size()) {
      throw new InvalidRequest("A candidate is named twice.", "candidates");
    }
    if (parallel < 1 || parallel > 1_000) {
      throw new InvalidRequest("At once 1 to 1,000 cases can be asked.", "parallel");
    }
  }

  /// One run with the standard settings.
  public static Terms of(List<String> candidates, ProofSettings settings) {
    return new Terms(candidates, settings, Optional.empty(), false, false, Set.of(), 4);
  }

  /// The same where golds of a model will do, or not.
  public Terms withModelGolds(boolean value) {
    return new Terms(candidates, settings, judge, judgeForced, value, collections, parallel);
  }

  /// The same with a judge.
  public Terms withJudge(Optional<String> value, boolean forced) {
    return new Terms(candidates, settings, value, forced, modelGolds, collections, parallel);
  }

  /// The same with these documents.
  public Terms withCollections(Set<String> value) {
    return new Terms(candidates, settings, judge, judgeForced, modelGolds, value, parallel);
  }

  /// The same with so many cases at once.
  public Terms withParallel(int value) {
    return new Terms(candidates, settings, judge, judgeForced, modelGolds, collections, value);
  }

  /// The same candidates' others.
  public Terms withCandidates(List<String> value) {
    return new Terms(value, settings, judge, judgeForced, modelGolds, collections, parallel);
  }

  /// Whether any contestant is given documents.
  public boolean grounded() {
    return candidates.stream().anyMatch(Contestants::grounded);
  }

  String write() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    candidates.forEach(json.putArray("candidates")::add);
    json.put("settings", Lines.of(settings));
    judge.ifPresent(one -> json.put("judge", one));
    json.put("judgeForced", judgeForced).put("modelGolds", modelGolds).put("parallel", parallel);
    collections.stream().sorted().forEach(json.putArray("collections")::add);
    return Json.MAPPER.writeValueAsString(json);
  }

  static Terms read(String text) {
    JsonNode json = Json.MAPPER.readTree(text);
    List<String> candidates = new ArrayList<>();
    json.path("candidates").forEach(one -> candidates.add(one.asString()));
    Set<String> collections = new HashSet<>();
    json.path("collections").forEach(one -> collections.add(one.asString()));
    return new Terms(
        candidates,
        Lines.readSettings(json.path("settings").asString()),
        json.has("judge") ? Optional.of(json.path("judge").asString()) : Optional.empty(),
        json.path("judgeForced").asBoolean(),
        json.path("modelGolds").asBoolean(),
        collections,
        json.path("parallel").asInt(4));
  }
}
