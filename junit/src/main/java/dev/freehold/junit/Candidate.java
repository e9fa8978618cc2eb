package dev.freehold.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A model that may take the place; a field of type [dev.freehold.chat.ChatModel].
@Documented
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Candidate {

  /// What reports call it; empty: the field's name.
  String value() default "";

  /// Money for a million tokens of prompt.
  double promptPrice() default 0;

  /// Money for a million tokens of answers.
  double answerPrice() default 0;
}
