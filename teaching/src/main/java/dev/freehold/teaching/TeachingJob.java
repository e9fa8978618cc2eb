package dev.freehold.teaching;

import java.time.Instant;
import java.util.Optional;

/// One teaching, from the wish to the adapter.
///
/// @param id opaque, `ftjob-…`
/// @param owner the id of who wished it; nobody else sees it
/// @param ownerName what a page may show
/// @param wish what is wanted
/// @param state where it is
/// @param problem why it failed or was held back; empty otherwise
/// @param reason why it was published although a gate was missed; empty otherwise
/// @param created when it was wished
/// @param finished when it ended
/// @param estimate what the training takes, once that is known
/// @param trainedTokens tokens that were learned from, once trained
public record TeachingJob(
    String id,
    String owner,
    String ownerName,
    Wish wish,
    JobState state,
    String problem,
    String reason,
    Instant created,
    Optional<Instant> finished,
    Optional<Estimate> estimate,
    long trainedTokens) {

  TeachingJob in(JobState value, String why) {
    return new TeachingJob(
        id,
        owner,
        ownerName,
        wish,
        value,
        why,
        reason,
        created,
        value.ended() ? Optional.of(Instant.now()) : Optional.empty(),
        estimate,
        trainedTokens);
  }

  TeachingJob estimated(Estimate value) {
    return new TeachingJob(
        id,
        owner,
        ownerName,
        wish,
        state,
        problem,
        reason,
        created,
        finished,
        Optional.of(value),
        trainedTokens);
  }

  TeachingJob trained(long tokens) {
    return new TeachingJob(
        id, owner, ownerName, wish, state, problem, reason, created, finished, estimate, tokens);
  }

  TeachingJob because(String value) {
    return new TeachingJob(
        id,
        owner,
        ownerName,
        wish,
        state,
        problem,
        value,
        created,
        finished,
        estimate,
        trainedTokens);
  }
}
