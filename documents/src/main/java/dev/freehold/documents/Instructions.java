package dev.freehold.documents;

/// What the model is told, and the person when there is nothing to tell the model, in one language.
///
/// Short and plain, so that a model of a hundred million weights can follow it.
///
/// @param role the system turn
/// @param passages opens the passages
/// @param question opens the question
/// @param task closes the turn
/// @param page the word before a page number
/// @param nothing for the person, where nothing was found
/// @param unread for the person, where nothing was found and some documents are unread
record Instructions(
    String role,
    String passages,
    String question,
    String task,
    String page,
    String nothing,
    String unread) {

  private static final Instructions ENGLISH =
      new Instructions(
          "You answer questions from the passages you are given, briefly and only with what they say.",
          "Passages quoted from documents:",
          "Question:",
          "Answer the question in one to three sentences, only from the passages above. End each sentence with the number of its passage, such as [1].",
          "page",
          "I found nothing in these documents that answers this question.",
          "I found nothing that answers this question, but some of these documents are not read yet or could not be read wholly.");

  private static final Instructions FRENCH =
      new Instructions(
          "Tu réponds aux questions à partir des passages fournis, brièvement et seulement avec ce qu'ils disent.",
          "Passages cités de documents :",
          "Question :",
          "Réponds à la question en français, en une à trois phrases, uniquement d'après les passages ci-dessus. Termine chaque phrase par le numéro de son passage, par exemple [1].",
          "page",
          "Je n'ai rien trouvé dans ces documents qui réponde à cette question.",
          "Je n'ai rien trouvé qui réponde à cette question, mais certains de ces documents ne sont pas encore lus ou n'ont pas pu l'être entièrement.");

  private static final Instructions GERMAN =
      new Instructions(
          "Du beantwortest Fragen anhand der gegebenen Textstellen, kurz und nur mit dem, was darin steht.",
          "Textstellen aus Dokumenten:",
          "Frage:",
          "Beantworte die Frage auf Deutsch in einem bis drei Sätzen, nur anhand der Textstellen oben. Beende jeden Satz mit der Nummer seiner Textstelle, zum Beispiel [1].",
          "Seite",
          "Ich habe in diesen Dokumenten nichts gefunden, was diese Frage beantwortet.",
          "Ich habe nichts gefunden, was diese Frage beantwortet; einige dieser Dokumente sind aber noch nicht oder nicht vollständig gelesen.");

  static Instructions in(String language) {
    return switch (language) {
      case "fr" -> FRENCH;
      case "de" -> GERMAN;
      default -> ENGLISH;
    };
  }
}
