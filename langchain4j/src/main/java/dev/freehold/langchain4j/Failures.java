package dev.freehold.langchain4j;

import dev.freehold.chat.Busy;
import dev.freehold.chat.Conflict;
import dev.freehold.chat.ContextLengthExceeded;
import dev.freehold.chat.FreeholdException;
import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.MalformedFile;
import dev.freehold.chat.NotFound;
import dev.freehold.chat.Unauthenticated;
import dev.freehold.chat.Unavailable;
import dev.freehold.chat.Unsupported;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;

/// Says Freehold's errors in LangChain4j's kinds, so that its retries and guards know what may be
/// tried again.
final class Failures {

  private Failures() {}

  static LangChain4jException of(FreeholdException failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case InvalidRequest _, ContextLengthExceeded _, Conflict _, Unsupported _, MalformedFile _ ->
          new InvalidRequestException(message, failure);
      case Unauthenticated _ -> new AuthenticationException(message, failure);
      case NotFound _ -> new ModelNotFoundException(message, failure);
      case Busy _ -> new RateLimitException(message, failure);
      case Unavailable _ -> new InternalServerException(message, failure);
    };
  }
}
