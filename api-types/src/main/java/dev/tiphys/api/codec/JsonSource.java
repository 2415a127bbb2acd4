package dev.tiphys.api.codec;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Opens documents for reading within limits, and says what is wrong with those malformed. */
final class JsonSource {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Limits.MAX_DEPTH)
                  .maxStringLength(Limits.MAX_BYTES)
                  .maxNumberLength(Limits.MAX_NUMBER)
                  .maxNameLength(Limits.MAX_NAME)
                  .build())
          .build();

  private JsonSource() {}

  /** A parser at the first token of a document. */
  static JsonParser open(byte[] json, int maxBytes) {
    if (json.length > maxBytes) {
      throw DecodeException.limit("the document has more than " + maxBytes + " bytes");
    }
    try {
      JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json, 0, json.length);
      if (parser.nextToken() == null) {
        throw DecodeException.syntax("unexpected end of JSON input", json.length, null);
      }
      return parser;
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Checks that nothing follows. */
  static void end(JsonParser parser) {
    if (parser.nextToken() != null) {
      throw DecodeException.syntax(
          "invalid character after top-level value",
          parser.currentTokenLocation().getByteOffset(),
          null);
    }
  }

  static DecodeException malformed(JacksonException e) {
    if (e instanceof StreamConstraintsException) {
      return DecodeException.limit("the document exceeds a limit: " + e.getOriginalMessage());
    }
    TokenStreamLocation at = e.getLocation();
    long offset = at == null ? -1 : at.getByteOffset();
    if (e instanceof UnexpectedEndOfInputException) {
      return DecodeException.syntax("unexpected end of JSON input", offset, e);
    }
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return DecodeException.syntax(
        "invalid JSON" + where + ": " + e.getOriginalMessage(), offset, e);
  }
}
