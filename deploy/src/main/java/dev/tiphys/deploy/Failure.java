package dev.tiphys.deploy;

import java.util.List;

/** A command cannot go on; its sentences are for the user and need no stack trace. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> sentences;

  Failure(List<String> sentences) {
    super(String.join(" ", sentences));
    this.sentences = List.copyOf(sentences);
  }

  Failure(String sentence) {
    this(List.of(sentence));
  }

  List<String> sentences() {
    return sentences;
  }
}
