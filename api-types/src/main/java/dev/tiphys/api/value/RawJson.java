package dev.tiphys.api.value;

/**
 * A JSON value kept as text: extension fields, {@code managedFields[].fieldsV1}, event objects.
 *
 * @param json one well-formed JSON value in UTF-16; whoever makes one from outside text has parsed
 *     it
 */
public record RawJson(String json) {

  /** The empty object. */
  public static final RawJson EMPTY_OBJECT = new RawJson("{}");

  @Override
  public String toString() {
    return json;
  }
}
