package dev.freehold.server.openai;

import dev.freehold.chat.ChatModel;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.ChatStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The answers to one request that are generated side by side.
///
/// Closing cancels those that are not complete. One thread waits; any may close.
final class Choices implements AutoCloseable {

  private final List<ChatStream> streams;

  private Choices(List<ChatStream> streams) {
    this.streams = streams;
  }

  /// Starts them all, or none.
  static Choices start(ChatModel model, List<ChatRequest> requests) {
    var choices = new Choices(new ArrayList<>());
    boolean complete = false;
    try {
      for (ChatRequest request : requests) {
        choices.streams.add(model.stream(request));
      }
      complete = true;
      return choices;
    } finally {
      if (!complete) {
        choices.close();
      }
    }
  }

  /// What is done with the events of one choice.
  @FunctionalInterface
  interface Reader<T> {
    T read(int index, ChatStream events);
  }

  /// Reads all of them at once, each on a thread of its own, and returns what the readers did in
  /// the order of the choices. If one fails, the others are cancelled.
  <T> List<T> readAll(Reader<T> reader) {
    if (streams.size() == 1) {
      return List.of(reader.read(0, streams.getFirst()));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < streams.size(); i++) {
        int index = i;
        futures.add(
            threads.submit(() -> {
              boolean done = false;
              try {
                T result = reader.read(index, streams.get(index));
                done = true;
                return result;
              } finally {
                if (!done) {
                  close();
                }
              }
            }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The server is closing.", e);
    }
  }

  /// Cancels what is not complete.
  @Override
  public void close() {
    streams.forEach(ChatStream::close);
  }

  /// The same request `count` times; where it has a seed, each with one of its own.
  static List<ChatRequest> times(ChatRequest request, int count) {
    List<ChatRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long offset = i;
      requests.add(
          request.sampling().seed().isPresent()
              ? request.withSampling(
                  request.sampling().withSeed(request.sampling().seed().getAsLong() + offset))
              : request);
    }
    return requests;
  }
}
