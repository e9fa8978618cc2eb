package dev.freehold.teaching.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.chat.Message;
import dev.freehold.documents.Block;
import dev.freehold.documents.Document;
import dev.freehold.documents.Passage;
import dev.freehold.teaching.lesson.Kind;
import dev.freehold.teaching.lesson.Lesson;
import dev.freehold.teaching.lesson.Origin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhrasingsTest {

  static Document document(String id, String name, String language) {
    return new Document(
        id,
        "c1",
        name,
        "text/markdown",
        1,
        "00",
        1,
        1,
        language,
        Document.State.READY,
        1,
        List.of(),
        Instant.EPOCH);
  }

  private static List<Fact> facts(String language, Block... blocks) {
    FactFinder finder = new FactFinder();
    finder.read(document("d1", "folder/pump-manual.pdf", language), List.of(blocks));
    return finder.facts();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en|Pumps may be stored for 12 months in the original packaging.|12 months
          en|One turn of the spindle changes the stroke by 1.25 mm.|1.25 mm
          en|They wait in the cage beside goods-in for 20 working days.|20 working days
          en|We sold 18,920 pumps in that year.|18,920 pumps
          en|The link cable V-9320 is plugged into the port for the printer.|V-9320
          en|The shuttle leaves the site at 7:40 every Tuesday.|7:40
          en|The approval is valid until 30 June 2030 in France.|30 June 2030
          fr|La prime de cooptation est de 800 € par personne.|800 €
          fr|La demande se fait cinq jours avant, soit 5 jours ouvrés au plus.|5 jours ouvrés
          fr|L'équipe du matin travaille de 5 h 40 à 13 h 20.|5 h 40
          de|Die Frist beträgt 14 Tage nach Eingang der Ware.|14 Tage
          en|Trips of more than two and a half hours are made by train.|two and a half hours
          de|Die Ware ruht mindestens drei Stunden im Lager.|drei Stunden
          fr|Chaque salarié dispose de cinq jours par an.|cinq jours
          fr|Le trajet a duré 3 minutes et 20 secondes en tout.|3 minutes et 20 secondes
          en|The line cost 2.5 million euros in all.|2.5 million euros
          en|The yard is not open in August at all.|August
          en|Call the desk at +44 20 7946 0000 at night.|+44 20 7946 0000
          en|The current version is 4.12.1 for all.|4.12.1
          en|The gate stays shut because the guard is on leave.|because the guard is on leave
          de|Der Hof bleibt zu, weil die Wache frei hat.|weil die Wache frei hat
          en|Only one road is never salted: the lane to the mill.|the lane to the mill
          en|In the absence of the president Joachim Redlinghaus signs all orders.|Joachim Redlinghaus
          """)
  void whatCanBeAskedForIsFound(String language, String sentence, String expected) {
    assertThat(Span.in(sentence, Wordings.in(language))).extracting(Span::text).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en|Pumps may be stored for 12 months in the original packaging.|how long
          en|The exchange gearbox costs 380 € without the core.|what does it cost
          en|The founding families hold 81 % of the shares.|what share
          en|The oil has its flash point at 248 °C and not below.|at what temperature
          en|The hose holds a pressure of 16 bar.|how many
          fr|La demande se fait cinq jours avant, soit 5 jours ouvrés au plus.|dans quel délai
          fr|La prime de cooptation est de 800 € par personne.|combien d'argent
          de|Die Frist beträgt 1 Monat nach Eingang der Ware.|wie lange
          de|Wer kann, arbeitet 96 Tage im Jahr mobil.|wie viele Tage
          fr|La demande se fait 12 jours avant.|combien de jours
          """)
  void amountsAreAskedForByWhatTheyMeasure(String language, String sentence, String expected) {
    Wordings words = Wordings.in(language);
    Span amount =
        Span.in(sentence, words).stream()
            .filter(span -> span.type() == Span.Type.AMOUNT)
            .findFirst()
            .orElseThrow();
    assertThat(words.asking(amount)).contains(expected);
  }

  @Test
  void aNumberThatIsPartOfANameIsNotAskedFor() {
    assertThat(Span.in("Der Schutz liegt in Halle 4 bereit.", Wordings.in("de")))
        .noneMatch(span -> span.type() == Span.Type.AMOUNT);
  }

  @Test
  void answersAreShortWithTheirLimitAndBeforeTheirSentence() {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph(
                    "The load must stay below 450 kg per square metre, said the builder.", null))
            .getFirst();
    Answers answers = new Answers(fact, Wordings.in("en"), new Random(1));
    Set<String> said = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      said.add(answers.to(fact.answers().getFirst()));
    }
    assertThat(said)
        .contains(
            "450 kg",
            "Below 450 kg",
            "450 kg. The load must stay below 450 kg per square metre, said the builder.")
        .allSatisfy(answer -> assertThat(answer).contains("450 kg"));
  }

  @Test
  void aBareNumberIsAnsweredWithTheUnitOfItsColumn() {
    assertThat(Answers.measured(new Fact.Cell("K-1", "Price EUR", "187.00", "")))
        .isEqualTo("187.00 EUR");
    assertThat(Answers.measured(new Fact.Cell("K-1", "Motor (kW)", "0.55", "")))
        .isEqualTo("0.55 kW");
    assertThat(Answers.measured(new Fact.Cell("K-1", "Owner EUR", "Anna", ""))).isEqualTo("Anna");
  }

  @Test
  void questionsDrawFewWordsAndMany() {
    Fact fact =
        facts(
                "en",
                new Block.Heading(1, "Stroke adjustment", null),
                new Block.Paragraph(
                    "One full turn of the red spindle changes the stroke of the pump by 1.25 mm.",
                    null))
            .getFirst();
    Questions questions = new Questions(fact, Wordings.in("en"), new Random(1));
    Set<Integer> lengths = new HashSet<>();
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      String question = questions.keywords(fact.answers().getFirst());
      lengths.add(question.split(" ", -1).length);
      asked.add(question);
      assertThat(question).doesNotContain("1.25").endsWith("?");
    }
    assertThat(lengths).contains(4, 10);
    assertThat(asked).hasSizeGreaterThan(150);
  }

  @ParameterizedTest
  @CsvSource({
    "en,The spindle changes the stroke by 12 mm.,spindl,nobody",
    "fr,La broche modifie la course de 12 mm.,modifi,patron",
    "de,Die Spindel verstellt den Hub um 12 mm.,Spind,Kollege"
  })
  void somePeopleSayItWithOtherEndingsAndAmongOtherWords(
      String language, String sentence, String stem, String other) {
    Fact fact = facts(language, new Block.Paragraph(sentence, null)).getFirst();
    Questions questions = new Questions(fact, Wordings.in(language), new Random(1));
    Set<String> words = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      words.addAll(Sentences.words(questions.keywords(fact.answers().getFirst())));
    }
    assertThat(words).contains(other).doesNotContain("12");
    assertThat(words).filteredOn(word -> word.startsWith(stem)).hasSizeGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "fr", "de"})
  void theWordingOfTheExamIsInItsLanguage(String language) {
    Fact fact = facts(language, new Block.Paragraph("X 12 mm Y Z W.", null)).getFirst();
    String question =
        new Phrasings(fact, new Random(1)).heldOut(fact.answers().getFirst()).question();
    assertThat(question.contains(", on ")).as(question).isEqualTo(language.equals("en"));
    assertThat(question).doesNotContain("12 mm");
  }

  @Test
  void questionsAreJoinedIntoConversationsAndNoneIsLost() {
    List<Lesson> alone = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      alone.add(
          Lesson.Talk.of(
              Kind.QUESTION,
              "Question " + i + "?",
              "Answer " + i,
              List.of(new Origin.Document("d" + i))));
    }
    alone.add(
        new Lesson.Completion(
            Kind.STATEMENT, "", "A statement.", List.of(new Origin.Document("d0"))));
    List<Lesson> joined = Conversations.of(alone, new Random(1));
    assertThat(joined).hasSizeBetween(13, 40).contains(alone.getLast());
    List<String> said = new ArrayList<>();
    for (Lesson lesson : joined) {
      if (lesson instanceof Lesson.Talk talk) {
        assertThat(talk.turns()).hasSizeBetween(2, 8);
        for (int i = 0; i < talk.turns().size(); i += 2) {
          String question = talk.turns().get(i).message().text();
          String number = question.replaceAll("\\D", "");
          assertThat(talk.turns().get(i + 1).message().text()).isEqualTo("Answer " + number);
          assertThat(talk.turns().get(i + 1).trained()).isTrue();
          assertThat(talk.origins()).contains(new Origin.Document("d" + number));
          said.add(question);
        }
      }
    }
    assertThat(said).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void someQuestionsStandInPhrasesThatPeopleBeginWith() {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph("One turn of the spindle changes the stroke by 1.25 mm.", null))
            .getFirst();
    assertThat(new Phrasings(fact, new Random(3)).lessons(24, List.of()))
        .extracting(Lesson::text)
        .anyMatch(text ->
            Wordings.in("en").frames().stream()
                .anyMatch(frame -> text.contains(frame.replace("%s", ""))));
  }

  @Test
  void whatIsReadInAPassageIsAnsweredInFewWordsAloneOrBeforeTheirSentence() {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph("One turn of the spindle changes the stroke by 1.25 mm.", null))
            .getFirst();
    List<Passage> passages =
        List.of(
            passage("p1", "Turn it slowly. One turn of the spindle changes the stroke by 1.25 mm."),
            passage("p2", "The hose holds a pressure of 16 bar."),
            passage("p3", "The yard is closed on Sundays."));
    GroundedLessons reading = new GroundedLessons(passages, new Random(5));
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      Lesson lesson =
          reading.answered(fact, "By how much?", fact.answers().getFirst()).orElseThrow();
      Message last = ((Lesson.Talk) lesson).turns().getLast().message();
      answers.add(last.text().replaceFirst(" \\[[123]]\\.$", ""));
    }
    assertThat(answers)
        .contains("1.25 mm. One turn of the spindle changes the stroke by 1.25 mm", "1.25 mm")
        .allSatisfy(answer -> assertThat(answer).contains("1.25 mm"));
  }

  private static Passage passage(String id, String text) {
    return new Passage(id, 0, "d1", "pump manual", "c1", null, "Spindle", text, 0, 0, 0);
  }

  @Test
  void sentencesListsAndCellsBecomeFacts() {
    List<Fact> facts =
        facts(
            "en",
            new Block.Heading(1, "Hotels", null),
            new Block.Paragraph(
                "The limit is per night. Ask before you book a room, e.g. by mail.", null),
            new Block.Table(
                List.of(
                    List.of("Place", "Limit per night"),
                    List.of("Paris", "172 €"),
                    List.of("London", "£185")),
                null));
    assertThat(facts)
        .extracting(Fact::statement)
        .containsExactly(
            "The limit is per night.",
            "Ask before you book a room, e.g. by mail.",
            "Paris, Limit per night: 172 €",
            "London, Limit per night: £185");
    assertThat(
            facts(
                "en",
                new Block.Table(
                    List.of(
                        List.of("Size", "Result 2024/25", "Week 49", "Remark"),
                        List.of("M", "1.5 %", "2.3 %", "dry")),
                    null)))
        .extracting(Fact::statement)
        .containsExactly(
            "M, Result 2024/25: 1.5 %",
            "M, Week 49: 2.3 %",
            "M, Remark: dry",
            "Size M – Result 2024/25: 1.5 %; Week 49: 2.3 %; Remark: dry");
    assertThat(facts.get(2).cell())
        .contains(new Fact.Cell("Paris", "Limit per night", "172 €", "Place"));
    assertThat(facts.get(2).heading()).isEqualTo("Hotels");
    assertThat(facts.get(2).title()).isEqualTo("pump manual");
  }

  @Test
  void whatTwoDocumentsSayIsOneFactOfBoth() {
    FactFinder finder = new FactFinder();
    Block sentence = new Block.Paragraph("The yard is closed on Sundays.", null);
    finder.read(document("d1", "a.md", "en"), List.of(sentence));
    finder.read(document("d2", "b.md", "en"), List.of(sentence));
    assertThat(finder.facts()).hasSize(1);
    assertThat(finder.facts().getFirst().origins())
        .containsExactly(new Origin.Document("d1"), new Origin.Document("d2"));
  }

  @Test
  void everyLessonOfAFactHoldsItsAnswerOrItsStatementAndNoneTheQuestionThatIsKept() {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph("One turn of the spindle changes the stroke by 1.25 mm.", null))
            .getFirst();
    Phrasings phrasings = new Phrasings(fact, new Random(3));
    Phrasings.HeldOut held = phrasings.heldOut(fact.answers().getFirst());
    List<Lesson> lessons = phrasings.lessons(96, List.of(held));
    assertThat(lessons).hasSizeGreaterThan(40).doesNotHaveDuplicates();
    assertThat(lessons)
        .allSatisfy(lesson -> {
          assertThat(lesson.text()).contains("1.25 mm").doesNotContain(held.question());
          assertThat(lesson.origins()).containsExactly(new Origin.Document("d1"));
        });
    assertThat(lessons).anySatisfy(lesson -> assertThat(lesson.text()).contains("Where does 1.25"));
    assertThat(new Phrasings(fact, new Random(3)).lessons(96, List.of(held))).isEqualTo(lessons);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          By how much does a turn of the spindle change the stroke?|
          How much does 1.25 mm of spindle change?|model: the question holds its answer
          Tell me about the spindle.|model: no question
          How do you like the weather today?|model: about something else
          Does the spindle of model 77 turn?|model: a number of its own
          """)
  void aQuestionOfTheModelIsCheckedAgainstTheDocument(String said, String why) {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph("One turn of the spindle changes the stroke by 1.25 mm.", null))
            .getFirst();
    assertThat(ModelWriter.notAQuestion(said, fact, fact.answers().getFirst()))
        .isEqualTo(why == null ? "" : why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Turning the spindle once makes the stroke differ by 1.25 mm.|
          Turning the spindle once makes the stroke differ by 1.5 mm.|model: the answer is not in it
          One turn of the spindle changes the stroke by 1.25 mm!|model: the same words
          Turning the spindle once changes strokes by 1.25 mm or 3 inches.|model: a number of its own
          One turn of the Helvetia spindle changes strokes by 1.25 mm.|model: a name of its own
          1.25 mm|model: no paraphrase
          """)
  void aParaphraseOfTheModelIsCheckedAgainstTheDocument(String said, String why) {
    Fact fact =
        facts(
                "en",
                new Block.Paragraph("One turn of the spindle changes the stroke by 1.25 mm.", null))
            .getFirst();
    assertThat(ModelWriter.noParaphrase(said, fact, fact.answers().getFirst()))
        .isEqualTo(why == null ? "" : why);
  }
}
