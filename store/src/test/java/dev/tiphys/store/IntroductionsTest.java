package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.peer.Acquaintance;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A member that was added asks who it is until somebody knows. */
class IntroductionsTest {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final List<String> SELF = List.of("http://new");
  private static final List<String> OTHERS = List.of("http://a", "http://b");
  private static final Acquaintance KNOWN =
      Acquaintance.newBuilder().setCluster(CLUSTER.toString()).setMember(7).build();

  private final List<Duration> pauses = new ArrayList<>();

  @Test
  void whoeverKnowsTheMemberTellsItsNumberAtOnce() throws Exception {
    var identity =
        new Introductions(
                (url, introduction) -> {
                  assertThat(introduction.getPeerUrlsList()).isEqualTo(SELF);
                  if (url.equals("http://a")) {
                    throw Status.UNAVAILABLE.asRuntimeException();
                  }
                  return KNOWN;
                },
                pauses::add)
            .ask(SELF, OTHERS);
    assertThat(identity).isEqualTo(new Identity(CLUSTER, 7, false));
    assertThat(pauses).isEmpty();
  }

  @Test
  void whileNobodyKnowsItTheMemberAsksAgainAfterAPause() throws Exception {
    var asked = new ArrayList<String>();
    var identity =
        new Introductions(
                (url, _) -> {
                  asked.add(url);
                  return asked.size() <= 4 ? Acquaintance.getDefaultInstance() : KNOWN;
                },
                pauses::add)
            .ask(SELF, OTHERS);
    assertThat(identity.member()).isEqualTo(7);
    assertThat(pauses).containsExactly(Limits.INTRODUCTION_PAUSE, Limits.INTRODUCTION_PAUSE);
  }

  @Test
  void aMemberThatNobodyAddedIsToldToBeAddedFirst() {
    var strangers = new Introductions((_, _) -> Acquaintance.getDefaultInstance(), pauses::add);
    assertThatThrownBy(() -> strangers.ask(SELF, OTHERS))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("add it first");
    assertThat(pauses).hasSize(Limits.INTRODUCTIONS);
  }

  @Test
  void aClusterThatDoesNotAnswerIsNamedAsTheReason() {
    var silence =
        new Introductions(
            (_, _) -> {
              throw Status.UNAVAILABLE.asRuntimeException();
            },
            pauses::add);
    assertThatThrownBy(() -> silence.ask(SELF, OTHERS))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none of the other members");
  }
}
