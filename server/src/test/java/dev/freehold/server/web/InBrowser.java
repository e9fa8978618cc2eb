package dev.freehold.server.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Tests that look at the page in a real browser; skipped, by name, where there is no Chromium.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("browser")
@ExtendWith(InBrowser.WhereChromiumIs.class)
@interface InBrowser {

  /// Skips with what to do.
  final class WhereChromiumIs implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Chromium.executable()
          .map(path -> ConditionEvaluationResult.enabled("Chromium is " + path))
          .orElseGet(() ->
              ConditionEvaluationResult.disabled(
                  "Chromium is missing: apt-get install chromium, or set FREEHOLD_CHROMIUM"));
    }
  }
}
