package dev.freehold.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {

  private static void admits(String schema, String... texts) {
    for (String text : texts) {
      assertThat(Texts.schema(schema, text)).as("%s admits %s", schema, text).isTrue();
    }
  }

  private static void refuses(String schema, String... texts) {
    for (String text : texts) {
      assertThat(Texts.schema(schema, text)).as("%s refuses %s", schema, text).isFalse();
    }
  }

  private static void unsupported(String schema, String named) {
    assertThatThrownBy(() -> Texts.schema(schema, ""))
        .as(schema)
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining(named);
  }

  @Test
  void objectsHaveTheirPropertiesInOrderAndNoOthers() {
    String schema =
        """
        {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"},"c":{"type":"boolean"}},
         "required":["a","c"],"additionalProperties":false}\
        """;
    admits(
        schema,
        "{\"a\":1,\"b\":\"x\",\"c\":true}",
        "{\"a\": 1, \"c\": false}",
        "{\n  \"a\": 1,\n  \"c\": false\n}");
    refuses(
        schema,
        "{}",
        "{\"a\":1}",
        "{\"c\":true,\"a\":1}",
        "{\"a\":1,\"c\":true,\"d\":1}",
        "{\"a\":1.5,\"c\":true}",
        "{\"a\":1,\"c\":true,}",
        "{\"a\":1 \"c\":true}");
  }

  @Test
  void propertiesThatNeedNotComeMayAllBeLeftOut() {
    String schema =
        """
        {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"}}}\
        """;
    admits(schema, "{}", "{\"a\":null}", "{\"b\":null}", "{\"a\":null,\"b\":null}");
    refuses(schema, "{,}", "{\"a\":null,}", "{,\"b\":null}", "{\"x\":1}");
  }

  @Test
  void furtherPropertiesHaveOtherNamesAndTheirOwnSchema() {
    String schema =
        """
        {"type":"object","properties":{"ab":{"type":"null"}},"required":["ab"],
         "additionalProperties":{"type":"integer"}}\
        """;
    admits(schema, "{\"ab\":null}", "{\"ab\":null,\"a\":1,\"abc\":2,\"\":3,\"x\":4}");
    refuses(schema, "{\"ab\":null,\"ab\":1}", "{\"ab\":null,\"x\":\"y\"}", "{\"x\":1}");
    admits("{\"type\":\"object\"}", "{\"x\":[1,{\"y\":null}]}", "{}");
    admits("{\"type\":\"object\",\"required\":[\"q\"]}", "{\"q\":1}", "{\"q\":1,\"z\":2}");
    unsupported("{\"type\":\"object\",\"required\":[\"q\"],\"additionalProperties\":false}", "q");
  }

  @Test
  void arraysCountTheirItems() {
    String some =
        "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":2,\"maxItems\":3}";
    admits(some, "[1,2]", "[1, 2, 3]");
    refuses(some, "[]", "[1]", "[1,2,3,4]", "[1,2,]", "[\"a\",1]");
    String many =
        "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":1,\"maxItems\":2000}";
    admits(many, "[true]", "[true" + ",false".repeat(1999) + "]");
    refuses(many, "[]", "[true" + ",false".repeat(2000) + "]");
    admits("{\"type\":\"array\"}", "[]", "[1,\"a\",[],{}]");
    admits("{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"maxItems\":0}", "[]");
    String pair =
        "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}";
    admits(pair, "[1,\"a\"]");
    refuses(pair, "[1,\"a\",2]", "[\"a\",1]");
    admits(
        "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"items\":{\"type\":\"null\"},\"minItems\":2}",
        "[1,null]",
        "[1,null,null]");
  }

  @Test
  void valuesAreThoseListed() {
    String schema = "{\"enum\":[\"a\\\"b\",1,1.50,null,true,{\"x\":[1,2]},\"é\\n\"]}";
    admits(schema, "\"a\\\"b\"", "1", "1.50", "null", "true", "{\"x\":[1,2]}", "\"é\\n\"");
    refuses(schema, "\"a\"", "2", "false", "{\"x\":[1,3]}");
    admits("{\"const\":\"only\"}", "\"only\"");
    admits("{\"type\":\"string\",\"enum\":[\"a\",3]}", "\"a\"");
    refuses("{\"type\":\"string\",\"enum\":[\"a\",3]}", "3");
    unsupported("{\"type\":\"string\",\"enum\":[3]}", "no value");
    unsupported("{\"enum\":[]}", "/enum");
  }

  @Test
  void alternativesAndSeveralTypes() {
    String schema = "{\"anyOf\":[{\"type\":\"integer\"},{\"type\":[\"string\",\"null\"]}]}";
    admits(schema, "1", "\"x\"", "null");
    refuses(schema, "true", "1.5");
    admits("{\"type\":[\"number\",\"integer\"],\"minimum\":3}", "3.5", "4");
  }

  @Test
  void referencesMayRecur() {
    String tree =
        """
        {"type":"object","properties":{"value":{"type":"integer"},
         "children":{"type":"array","items":{"$ref":"#"}}},"required":["value","children"],"additionalProperties":false}\
        """;
    admits(
        tree,
        "{\"value\":1,\"children\":[]}",
        "{\"value\":1,\"children\":[{\"value\":2,\"children\":[]},{\"value\":3,\"children\":[]}]}");
    refuses(tree, "{\"value\":1,\"children\":[{\"value\":2}]}");
    String list =
        """
        {"$ref":"#/$defs/node~1x","$defs":{"node/x":{"type":"object","properties":{"next":
         {"anyOf":[{"$ref":"#/$defs/node~1x"},{"type":"null"}]}},"required":["next"],"additionalProperties":false}}}\
        """;
    admits(list, "{\"next\":null}", "{\"next\":{\"next\":{\"next\":null}}}");
    refuses(list, "{}", "{\"next\":{}}");
    unsupported("{\"$ref\":\"#/$defs/none\"}", "#/$defs/none");
    unsupported("{\"$ref\":\"http://elsewhere/\"}", "/$ref");
    unsupported("{\"$ref\":\"#\"}", "comes back");
    // What never ends cannot be written.
    unsupported(
        "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#\"}},\"required\":[\"x\"]}",
        "admits no text");
  }

  @Test
  void stringsHaveLengthsPatternsAndFormats() {
    String sized = "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3}";
    admits(sized, "\"ab\"", "\"äöü\"", "\"😀😀😀\"", "\"\\n\\u00e9\"");
    refuses(sized, "\"a\"", "\"abcd\"", "\"\\ud83d\\ude00\"", "\"a\nb\"");
    admits("{\"type\":\"string\",\"minLength\":3}", "\"abc\"", "\"abcdefg\"");
    refuses("{\"type\":\"string\",\"minLength\":3}", "\"ab\"");
    String pattern = "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-\\\\d+$\"}";
    admits(pattern, "\"AB-1\"", "\"AB-123\"");
    refuses(pattern, "\"AB-\"", "\"xAB-1\"", "\"AB-1x\"");
    admits("{\"type\":\"string\",\"pattern\":\"b\"}", "\"abc\"", "\"b\"", "\"\\\"b\\n\"");
    refuses("{\"type\":\"string\",\"pattern\":\"b\"}", "\"ac\"");
    admits("{\"type\":\"string\",\"pattern\":\"^\\\"\\\\\\\\$\"}", "\"\\\"\\\\\"");
    admits(
        "{\"type\":\"string\",\"pattern\":\"^[a-z]{2,4}$\",\"minLength\":2,\"maxLength\":9}",
        "\"ab\"");
    unsupported("{\"type\":\"string\",\"pattern\":\"^[a-z]*$\",\"maxLength\":9}", "maxLength");
    unsupported("{\"type\":\"string\",\"format\":\"color\"}", "color");
    unsupported("{\"type\":\"string\",\"pattern\":\"(?=a)\"}", "lookahead");
  }

  @Test
  void numbersStayWithinTheirBounds() {
    String integer = "{\"type\":\"integer\",\"minimum\":-7,\"exclusiveMaximum\":120}";
    for (int value = -200; value <= 200; value++) {
      boolean within = value >= -7 && value < 120;
      assertThat(Texts.schema(integer, Integer.toString(value))).as("%d", value).isEqualTo(within);
    }
    refuses(integer, "-0", "01", "1.0", "1e1");
    String steps = "{\"type\":\"integer\",\"minimum\":10,\"multipleOf\":7}";
    for (int value = 0; value <= 300; value++) {
      assertThat(Texts.schema(steps, Integer.toString(value)))
          .as("%d", value)
          .isEqualTo(value >= 10 && value % 7 == 0);
    }
    String number = "{\"type\":\"number\",\"exclusiveMinimum\":0.5,\"maximum\":10.25}";
    admits(number, "0.51", "0.500001", "1", "1.0", "9.999", "10", "10.2", "10.25", "10.250");
    refuses(number, "0.5", "0.50", "0", "10.251", "10.3", "11", "-1", "1.", ".6", "0.5e1");
    String cents = "{\"type\":\"number\",\"minimum\":0,\"maximum\":20,\"multipleOf\":0.05}";
    admits(cents, "0.00", "0.05", "1.15", "20.00");
    refuses(cents, "0.01", "20.05", "-0.05");
    admits("{\"type\":\"number\",\"minimum\":0}", "0", "123456789012345.5", "0.001");
    admits("{\"type\":\"number\"}", "-1.5e-3", "0", "12", "3.14");
    refuses("{\"type\":\"number\"}", "-", "1.", "01", "+1", "1e", "NaN");
    admits("{\"type\":\"number\",\"maximum\":-3}", "-3", "-3.0", "-99.5");
    refuses("{\"type\":\"number\",\"maximum\":-3}", "-2.9", "0", "3");
    unsupported("{\"type\":\"integer\",\"minimum\":5,\"maximum\":4}", "admits no text");
    unsupported("{\"type\":\"integer\",\"multipleOf\":0}", "multipleOf");
    unsupported("{\"type\":\"integer\",\"minimum\":1e9999999}", "minimum");
  }

  @Test
  void whatIsNotHonouredIsRefusedByName() {
    for (String keyword :
        new String[] {
          "not",
          "if",
          "oneOf",
          "patternProperties",
          "uniqueItems",
          "contains",
          "minProperties",
          "dependentRequired",
          "propertyNames",
          "unevaluatedProperties",
          "$dynamicRef",
          "nonsense"
        }) {
      unsupported("{\"type\":\"object\",\"%s\":[{}]}".formatted(keyword), "/" + keyword);
    }
    unsupported("{\"anyOf\":[{\"type\":\"null\"}],\"type\":\"object\"}", "/type");
    unsupported("{\"allOf\":[{\"type\":\"null\"},{}]}", "/allOf");
    unsupported("{\"type\":\"text\"}", "/type");
    unsupported("[1]", "must be an object");
    unsupported("{\"type\":\"null\",\"type\":\"null\"}", "no JSON");
    unsupported("{", "no JSON");
    unsupported("{\"properties\":{\"a\":{\"items\":{\"not\":{}}}}}", "/properties/a/items/not");
  }

  @Test
  void anObjectOfAnyKindIsJson() {
    Automaton any = Texts.automaton(new dev.freehold.chat.ResponseFormat.JsonObject());
    assertThat(Texts.admits(any, "{\"a\": [1, -2.5e3, \"x\\u0041\", {}, [], true, null]}"))
        .isTrue();
    assertThat(Texts.admits(any, "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}")).isTrue();
    for (String wrong : new String[] {"[]", "1", "{", "{\"a\"}", "{a:1}", "{\"a\":1}}", " {}"}) {
      assertThat(Texts.admits(any, wrong)).as(wrong).isFalse();
    }
  }

  @Test
  void aNumberWithAnExponentOfTenDigitsIsRefused() {
    unsupported("{\"minimum\": 41e9999999999}", "exponent");
    unsupported("{\"multipleOf\": 1e-9999999999}", "exponent");
  }
}
