package dev.freehold.teaching;

import dev.freehold.chat.SealedTexts;
import dev.freehold.teaching.recipe.RecipeSettings;
import java.nio.file.Path;
import java.util.List;

/// A process that teaches until it is done or killed; says each step it makes.
public final class Pupil {

  private Pupil() {}

  /// @param arguments the folder
  public static void main(String[] arguments) throws InterruptedException {
    CountingTrainer trainer =
        new CountingTrainer(
            30,
            3,
            step -> {
              System.out.println("step " + step);
              try {
                Thread.sleep(15);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (Classroom room =
        new Classroom(Path.of(arguments[0]), trainer, _ -> false, SealedTexts.NONE)) {
      List<TeachingJob> jobs = room.teaching.jobs(Classroom.ANNA);
      TeachingJob job =
          jobs.isEmpty()
              ? room.teaching.begin(
                  Classroom.ANNA,
                  Wish.of("base", "killed-1", new Source.Workload("mails"))
                      .with(RecipeSettings.STANDARD))
              : jobs.getFirst();
      System.out.println("begun");
      System.out.println("ended " + room.settled(job.id()).state());
    }
  }
}
