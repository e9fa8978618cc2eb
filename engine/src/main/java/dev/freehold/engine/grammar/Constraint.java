package dev.freehold.engine.grammar;

/// What one answer is held to: where it stands in its grammar.
///
/// Every token that is let through leads to a place from which single bytes lead to an end, so that
/// it never runs into a wall. Where a limit on tokens is near, only those are let through after
/// which the limit still suffices to end. Owned by one thread.
public final class Constraint {

  private final Automaton automaton;
  private Node at;
  private boolean within = true;
  private boolean hurried;

  /// @param automaton the grammar, which other answers may share
  /// @param tokens how many tokens the answer may have
  public Constraint(Automaton automaton, int tokens) {
    this.automaton = automaton;
    this.at = automaton.machine().initial();
    // A limit that does not suffice for the shortest text is met by cutting it off.
    this.within = at.distance <= tokens;
  }

  /// Makes all logits impossible but those of tokens that may come next.
  ///
  /// @param left how many more tokens the answer may have, this one included; at least 1
  public void apply(float[] logits, int left) {
    TokenMask any = automaton.mask(at);
    TokenMask mask = within ? automaton.maskWithin(at, left - 1) : any;
    hurried |= mask != any && shutsOut(mask, any, logits);
    float[] ends = new float[0];
    boolean mayEnd = at.accepts();
    if (mayEnd) {
      ends = keep(logits);
    }
    mask.apply(logits);
    if (mayEnd) {
      putBack(logits, ends);
    }
  }

  private boolean shutsOut(TokenMask mask, TokenMask any, float[] logits) {
    int best = any.best(logits);
    if (mask.has(best)) {
      return false;
    }
    // A text that would have ended here is not cut.
    return !at.accepts()
        || automaton.lexicon().endsOfTurn().stream().noneMatch(end -> logits[end] > logits[best]);
  }

  private float[] keep(float[] logits) {
    float[] kept = new float[automaton.lexicon().endsOfTurn().size()];
    int i = 0;
    for (int token : automaton.lexicon().endsOfTurn()) {
      kept[i++] = logits[token];
    }
    return kept;
  }

  private void putBack(float[] logits, float[] kept) {
    int i = 0;
    for (int token : automaton.lexicon().endsOfTurn()) {
      logits[token] = kept[i++];
    }
  }

  /// Goes on by a token that was let through.
  public void accept(int token) {
    at = automaton.step(at, token);
    if (at.isDead()) {
      throw new IllegalStateException("Token %d was not let through.".formatted(token));
    }
  }

  /// Whether the text may end here.
  public boolean accepts() {
    return at.accepts();
  }

  /// Whether the text must end here: nothing can follow.
  public boolean complete() {
    return at.complete();
  }

  /// Whether the limit on tokens has shut out the token that was likeliest of those that the
  /// grammar would have let through.
  public boolean hurried() {
    return hurried;
  }
}
