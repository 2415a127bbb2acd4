package dev.tiphys.apiserver.audit;

import java.util.Arrays;
import java.util.Optional;

/** When in the life of a request an event is made. */
public enum Stage {
  /** Once it is known who asks, before anything is done. */
  REQUEST_RECEIVED("RequestReceived"),
  /** The head of an answer that goes on has been sent: of a watch, an exec. */
  RESPONSE_STARTED("ResponseStarted"),
  /** The answer has been sent. */
  RESPONSE_COMPLETE("ResponseComplete"),
  /** The server failed. */
  PANIC("Panic");

  private final String text;

  Stage(String text) {
    this.text = text;
  }

  /** As policies and events spell it. */
  public String text() {
    return text;
  }

  static Optional<Stage> of(String text) {
    return Arrays.stream(values()).filter(stage -> stage.text.equals(text)).findFirst();
  }
}
