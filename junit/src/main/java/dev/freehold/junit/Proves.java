package dev.freehold.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that passes where a candidate is as good as the incumbent on a benchmark, and fails where
/// it is worse or where there is not enough evidence. It runs once for each candidate; the method
/// may take the [dev.freehold.evaluation.Verdict] as a parameter and ask more of it.
///
/// The class has one field marked [Incumbent] and at least one marked [Candidate], each a
/// [dev.freehold.chat.ChatModel]. Several candidates share one level of error. What was answered
/// lies in a folder below `target` and is not asked again as long as models, benchmark and settings
/// are the same.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ProofExtension.class)
public @interface Proves {

  /// The benchmark: a file as `freehold prove` takes it, below the project's folder or on the class
  /// path.
  String benchmark();

  /// How answers are scored, such as `contains` or JSON; empty: as the file says.
  String grader() default "";

  /// How many points of 100 worse is still as good.
  double margin() default 3;

  /// The longest answer, in tokens.
  int maxTokens() default 256;

  /// How many cases are asked at once.
  int parallel() default 4;

  /// Whether the incumbent is asked a second time, to see how far it differs from itself.
  boolean control() default true;

  /// Whether "not enough evidence" skips the test instead of failing it.
  boolean openSkips() default false;

  /// Where journal, report and evidence go.
  String folder() default "target/freehold";
}
