package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls at once on one connection, asked and answered by several threads in any order. */
class ManyCallsTest {
  private static final int CALLERS = 200;
  private static final int ROUNDS = 10;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyCallGetsItsOwnAnswer(boolean onLoop) throws Exception {
    try (var answerers = Executors.newFixedThreadPool(3);
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var desk = new Desk(answerers);
      ServerCallHandler<byte[], byte[]> handler =
          ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> answer) ->
              desk.put(() -> {
                answer.onNext(stretched(request));
                answer.onCompleted();
              }));
      try (var server = new Loopback(onLoop, UNARY, handler);
          var client = new Client(server)) {
        // A round is answered once all of it has come.
        var round = new CyclicBarrier(CALLERS);
        var results = new ArrayList<Future<?>>();
        for (int caller = 0; caller < CALLERS; caller++) {
          int first = caller * ROUNDS;
          results.add(
              callers.submit(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                  round.await();
                  byte[] request = number(first + i);
                  assertThat(client.call(UNARY, request)).isEqualTo(stretched(request));
                }
                return null;
              }));
        }
        for (var result : results) {
          result.get(60, TimeUnit.SECONDS);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyStreamsTalkAtOnce(boolean onLoop) throws Exception {
    try (var callers = Executors.newVirtualThreadPerTaskExecutor();
        var server = new Loopback(onLoop, 0, Handlers.all());
        var client = new Client(server)) {
      var results = new ArrayList<Future<?>>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int seed = caller;
        results.add(
            callers.submit(() -> {
              var answers = new Client.Answers();
              var words = client.call(BIDI_STREAMING, answers);
              for (int i = 0; i < ROUNDS; i++) {
                byte[] word = stretched(number(seed + i));
                words.onNext(word);
                assertThat(answers.next()).isEqualTo(word);
              }
              words.onCompleted();
              assertThat(answers.end()).isEqualTo(Status.OK);
              return null;
            }));
      }
      for (var result : results) {
        result.get(60, TimeUnit.SECONDS);
      }
    }
  }

  /** Most answers are small, some longer than a frame or the client's window. */
  private static byte[] stretched(byte[] request) {
    int number = Handlers.number(request);
    int length = number % 97 == 0 ? 100_000 : number % 13 == 0 ? 20_000 : 4;
    return Arrays.copyOf(request, length);
  }

  /** Where calls wait until a round of them is there, and are then answered in any order. */
  private static final class Desk {
    private final ExecutorService answerers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Random random = new Random(5);
    private List<Runnable> waiting = new ArrayList<>();

    Desk(ExecutorService answerers) {
      this.answerers = answerers;
    }

    void put(Runnable answer) {
      List<Runnable> all;
      lock.lock();
      try {
        waiting.add(answer);
        if (waiting.size() < CALLERS) {
          return;
        }
        all = waiting;
        waiting = new ArrayList<>();
        Collections.shuffle(all, random);
      } finally {
        lock.unlock();
      }
      all.forEach(answerers::execute);
    }
  }
}
