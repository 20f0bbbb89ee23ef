//! Behind load balancers: whom a request is counted against.

use super::*;

const PATH: &str = "/svar/v1/attempts";

async fn behind(networks: &[&str]) -> House {
    let limits = Limits { burst: 1, per_second: 0.001, ..Limits::default() };
    House::with_limits(limits, |options| {
        options.trusted_proxies = networks.iter().map(|network| network.parse().unwrap()).collect();
    })
    .await
}

async fn send(house: &House, peer: &str, forwarded: &str) -> u16 {
    let request = request("POST", PATH, &[BATCH, ("x-forwarded-for", forwarded)], "[]");
    house.ask(from(peer, request)).await.status.as_u16()
}

#[tokio::test]
async fn customers_behind_a_trusted_balancer_have_a_limit_each() {
    let house = behind(&["10.0.0.0/8"]).await;
    assert_eq!(send(&house, "10.0.0.1", "192.0.2.1").await, 202);
    assert_eq!(send(&house, "10.0.0.1", "192.0.2.2").await, 202, "another customer");
    assert_eq!(send(&house, "10.0.0.1", "192.0.2.1").await, 429);
    assert_eq!(send(&house, "10.0.0.2", "192.0.2.1").await, 429, "by the other balancer as well");
    assert_eq!(send(&house, "10.0.0.2", "192.0.2.1, 10.9.9.9").await, 429, "and by way of both");
    for lie in ["1.1.1.1", "1.1.1.2, 1.1.1.3", "127.0.0.1", "10.0.0.9"] {
        let forwarded = format!("{lie}, 192.0.2.1");
        assert_eq!(send(&house, "10.0.0.1", &forwarded).await, 429, "what she wrote herself counts for nothing: {lie}");
    }
}

#[tokio::test]
async fn strangers_are_not_believed() {
    let house = behind(&["10.0.0.0/8"]).await;
    assert_eq!(send(&house, "203.0.113.9", "192.0.2.1").await, 202);
    assert_eq!(send(&house, "203.0.113.9", "192.0.2.2").await, 429);
    assert_eq!(send(&house, "10.0.0.1", "192.0.2.1").await, 202, "nobody's limit was used up in her name");
}

#[tokio::test]
async fn this_machine_is_trusted_unless_said_otherwise() {
    let limits = Limits { burst: 1, per_second: 0.001, ..Limits::default() };
    let house = House::with_limits(limits, |_| {}).await;
    assert_eq!(send(&house, "127.0.0.1", "192.0.2.1").await, 202);
    assert_eq!(send(&house, "::1", "192.0.2.2").await, 202);
    let house = behind(&[]).await;
    assert_eq!(send(&house, "127.0.0.1", "192.0.2.1").await, 202);
    assert_eq!(send(&house, "127.0.0.1", "192.0.2.2").await, 429);
}
