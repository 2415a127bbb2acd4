package dev.tiphys.store.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls on one stream that do not wait for one another. */
class ConversationTest {
  private final List<RaftCall> sent = new ArrayList<>();
  private final Conversation conversation = new Conversation();

  @BeforeEach
  void begin() {
    conversation.begin(
        new StreamObserver<>() {
          @Override
          public void onNext(RaftCall call) {
            sent.add(call);
          }

          @Override
          public void onError(Throwable failure) {}

          @Override
          public void onCompleted() {}
        });
  }

  @Test
  void eachCallGetsItsOwnAnswerWhicheverIsDoneFirst() {
    var first = conversation.call(RaftCall.getDefaultInstance(), 10);
    var second = conversation.call(RaftCall.getDefaultInstance(), 10);
    answer(sent.get(1).getNumber(), 2);
    assertThat(first).isNotDone();
    answer(sent.get(0).getNumber(), 1);
    assertThat(first.join().getIndex()).isEqualTo(1);
    assertThat(second.join().getIndex()).isEqualTo(2);
  }

  @Test
  void aRefusalFailsWithItsReason() {
    var call = conversation.call(RaftCall.getDefaultInstance(), 10);
    conversation.onNext(
        RaftAnswer.newBuilder().setNumber(sent.getFirst().getNumber()).setRefusal("no").build());
    assertThat(Status.fromThrowable(call.exceptionNow()).getDescription()).isEqualTo("no");
  }

  @Test
  void whatWaitsTooLongIsGivenUpAndItsAnswerPassedOver() {
    var late = conversation.call(RaftCall.getDefaultInstance(), 10);
    var patient = conversation.call(RaftCall.getDefaultInstance(), 20);
    assertThat(conversation.expire(11)).isTrue();
    assertThat(Status.fromThrowable(late.exceptionNow()).getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    answer(sent.getFirst().getNumber(), 1);
    assertThat(patient).isNotDone();
    assertThat(conversation.expire(21)).isFalse();
  }

  @Test
  void theEndOfTheStreamFailsWhatWaitsAndWhatComes() {
    var before = conversation.call(RaftCall.getDefaultInstance(), 10);
    conversation.onError(Status.UNAVAILABLE.asRuntimeException());
    assertThat(before).isCompletedExceptionally();
    assertThat(conversation.hasEnded()).isTrue();
    assertThat(conversation.call(RaftCall.getDefaultInstance(), 10)).isCompletedExceptionally();
    assertThat(sent).hasSize(1);
  }

  private void answer(long number, long index) {
    conversation.onNext(RaftAnswer.newBuilder().setNumber(number).setIndex(index).build());
  }
}
