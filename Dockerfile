# The same as `cargo xtask build --release`, on Debian 13, run by a user without rights. The build stage has what the
# README asks for: rustup's Rust, Node.js with npm, a C compiler, and Debian's packages for the rest.
FROM rust:1.95-trixie AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nodejs npm elixir erlang-dev erlang-eunit erlang-syntax-tools \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home builder && mkdir /src /cache && chown builder /src /cache
USER builder
WORKDIR /src
COPY --chown=builder . .
ENV ORRERY_CACHE=/cache
RUN cargo xtask build --release

FROM debian:trixie-slim
RUN useradd --system --create-home --home-dir /var/lib/orrery orrery
COPY --from=build /src/target/release/orrery /src/target/release/orrery.runtime /usr/local/bin/
USER orrery
ENV ORRERY_HOST=0.0.0.0 ORRERY_PORT=4400 ORRERY_DATA=/var/lib/orrery/data
VOLUME /var/lib/orrery
EXPOSE 4400
ENTRYPOINT ["orrery"]
