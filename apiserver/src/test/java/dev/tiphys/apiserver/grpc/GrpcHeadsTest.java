package dev.tiphys.apiserver.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import org.junit.jupiter.api.Test;

class GrpcHeadsTest {

  @Test
  void theStatusInTheTrailersDecides() {
    assertThat(GrpcHeads.failure(new DefaultHttp2Headers().status("200"), false)).isNull();
    assertThat(GrpcHeads.failure(new DefaultHttp2Headers().add("grpc-status", "0"), true)).isNull();

    GrpcException failure =
        GrpcHeads.failure(
            new DefaultHttp2Headers()
                .add("grpc-status", "14")
                .add("grpc-message", "etcdserver: no leader, %C3%BC%"),
            true);

    assertThat(failure).hasMessage("etcdserver: no leader, ü%");
    assertThat(failure).extracting(GrpcException::status).isEqualTo(GrpcException.UNAVAILABLE);
  }

  @Test
  void anAnswerThatIsNotOfGrpcIsAFailure() {
    assertThat(GrpcHeads.failure(new DefaultHttp2Headers().status("502"), true))
        .hasMessageContaining("502");
    assertThat(GrpcHeads.failure(new DefaultHttp2Headers(), true))
        .hasMessageContaining("no status");
  }
}
