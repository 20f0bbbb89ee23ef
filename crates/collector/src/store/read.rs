//! What SQLite and PostgreSQL are asked in the same words. [`reading`] is expanded once by each, with its own types and
//! the prefix of its tables: sqlx's traits over any database would take more words than the statements.

/// Defines `attempts`, `intake`, `page` and `older` over a pool.
macro_rules! reading {
    ($pool:ty, $row:ty, $prefix:literal) => {
        async fn attempts(pool: &$pool, filter: Filter) -> Result<Loaded, StoreError> {
            let rows = sqlx::query(concat!(
                "SELECT data, first_received_ms, last_received_ms, event_time_ms, clock_skew, flood FROM ",
                $prefix,
                "attempts WHERE event_time_ms >= $1 AND event_time_ms < $2 ORDER BY event_time_ms, attempt"
            ))
            .bind(filter.since_ms.unwrap_or(i64::MIN))
            .bind(filter.until_ms.unwrap_or(i64::MAX))
            .fetch_all(pool)
            .await
            .map_err(failed("reading attempts"))?;
            let mut loaded = Loaded { attempts: Vec::with_capacity(rows.len()), unreadable: 0 };
            for row in rows {
                match stored(&row) {
                    Some(stored) => loaded.attempts.push(stored),
                    // It must not take the report down.
                    None => loaded.unreadable += 1,
                }
            }
            Ok(loaded)
        }

        async fn intake(pool: &$pool, filter: Filter) -> Result<Intake, StoreError> {
            let (since, until) = (filter.since_ms.unwrap_or(i64::MIN), filter.until_ms.unwrap_or(i64::MAX));
            let (first, last) = (day(since), day(until.saturating_sub(1)));
            let mut intake = Intake::default();
            let within = |sql: &'static str, from: i64, to: i64, doing: &'static str| async move {
                sqlx::query(sql).bind(from).bind(to).fetch_all(pool).await.map_err(failed(doing))
            };
            let sql = concat!(
                "SELECT code, n, last_received_ms, reason FROM ",
                $prefix,
                "rejected WHERE day >= $1 AND day <= $2"
            );
            for row in within(sql, first, last, "reading refusals").await? {
                intake.refused(row.get(0), row.get(1), LatestRefusal { received_ms: row.get(2), reason: row.get(3) });
            }
            let sql = concat!(
                "SELECT name, CAST(SUM(n) AS BIGINT) FROM ",
                $prefix,
                "tallies WHERE day >= $1 AND day <= $2 GROUP BY name"
            );
            for row in within(sql, first, last, "reading tallies").await? {
                intake.tally(row.get(0), unsigned(row.get(1)));
            }
            let sql = concat!(
                "SELECT type, COUNT(*) FROM ",
                $prefix,
                "set_aside WHERE COALESCE(last_received_ms, received_ms) >= $1
                    AND COALESCE(last_received_ms, received_ms) < $2 GROUP BY type"
            );
            for row in within(sql, since, until, "reading what was set aside").await? {
                intake.set_aside.insert(row.get(0), unsigned(row.get(1)));
            }
            Ok(intake)
        }

        async fn page(pool: &$pool, position: &Position, most: u32) -> Result<Page, StoreError> {
            let doing = "reading row by row";
            // Where the last row is of as many as were asked for.
            let last = most.max(1) as usize - 1;
            let most = i64::from(most.max(1));
            let mut page = Page { records: vec![], unreadable: 0, next: position.over() };
            match position {
                Position::Attempts(after) => {
                    let rows = sqlx::query(concat!(
                        "SELECT data, first_received_ms, last_received_ms, event_time_ms, clock_skew, flood, attempt
                         FROM ",
                        $prefix,
                        "attempts WHERE attempt > $1 ORDER BY attempt LIMIT $2"
                    ))
                    .bind(after.as_deref().unwrap_or_default())
                    .bind(most)
                    .fetch_all(pool)
                    .await
                    .map_err(failed(doing))?;
                    for row in &rows {
                        match stored(row) {
                            Some(stored) => page.records.push(Record::Attempt(Box::new(stored))),
                            None => page.unreadable += 1,
                        }
                    }
                    if let Some(row) = rows.get(last) {
                        page.next = Position::Attempts(Some(row.get(6)));
                    }
                }
                Position::Refusals(after) => {
                    let (collector, day, code) = after.clone().unwrap_or_default();
                    let rows = sqlx::query(concat!(
                        "SELECT collector, day, code, n, last_received_ms, reason, payload FROM ",
                        $prefix,
                        "rejected WHERE (collector, day, code) > ($1, $2, $3) ORDER BY collector, day, code LIMIT $4"
                    ))
                    .bind(collector)
                    .bind(day)
                    .bind(code)
                    .bind(most)
                    .fetch_all(pool)
                    .await
                    .map_err(failed(doing))?;
                    page.records.extend(rows.iter().map(|row| {
                        Record::Refusals(Refusals {
                            collector: row.get(0),
                            day: row.get(1),
                            code: row.get(2),
                            n: row.get(3),
                            last_received_ms: row.get(4),
                            reason: row.get(5),
                            payload: row.get(6),
                        })
                    }));
                    if let Some(row) = rows.get(last) {
                        page.next = Position::Refusals(Some((row.get(0), row.get(1), row.get(2))));
                    }
                }
                Position::Tallies(after) => {
                    let (collector, day, name) = after.clone().unwrap_or_default();
                    let rows = sqlx::query(concat!(
                        "SELECT collector, day, name, n FROM ",
                        $prefix,
                        "tallies WHERE (collector, day, name) > ($1, $2, $3) ORDER BY collector, day, name LIMIT $4"
                    ))
                    .bind(collector)
                    .bind(day)
                    .bind(name)
                    .bind(most)
                    .fetch_all(pool)
                    .await
                    .map_err(failed(doing))?;
                    page.records.extend(rows.iter().map(|row| {
                        let (collector, day) = (row.get(0), row.get(1));
                        Record::Tally(Tally { collector, day, name: row.get(2), n: row.get(3) })
                    }));
                    if let Some(row) = rows.get(last) {
                        page.next = Position::Tallies(Some((row.get(0), row.get(1), row.get(2))));
                    }
                }
                Position::SetAside(after) => {
                    let rows = sqlx::query(concat!(
                        "SELECT id, seq, type, received_ms, COALESCE(last_received_ms, received_ms), event, flood FROM ",
                        $prefix,
                        "set_aside WHERE id > $1 ORDER BY id LIMIT $2"
                    ))
                    .bind(after.as_deref().unwrap_or_default())
                    .bind(most)
                    .fetch_all(pool)
                    .await
                    .map_err(failed(doing))?;
                    page.records.extend(rows.iter().map(|row| {
                        Record::SetAside(SetAside {
                            id: row.get(0),
                            seq: row.get(1),
                            event_type: row.get(2),
                            first_received_ms: row.get(3),
                            last_received_ms: row.get(4),
                            event: row.get(5),
                            flood: row.get(6),
                        })
                    }));
                    if let Some(row) = rows.get(last) {
                        page.next = Position::SetAside(Some(row.get(0)));
                    }
                }
                Position::End => {}
            }
            Ok(page)
        }

        async fn older(pool: &$pool, before_ms: i64) -> Result<Pruned, StoreError> {
            let row = sqlx::query(concat!(
                "SELECT (SELECT COUNT(*) FROM ",
                $prefix,
                "attempts WHERE event_time_ms < $1), (SELECT COUNT(*) FROM ",
                $prefix,
                "set_aside WHERE COALESCE(last_received_ms, received_ms) < $1), (SELECT COUNT(*) FROM ",
                $prefix,
                "rejected WHERE day < $2) + (SELECT COUNT(*) FROM ",
                $prefix,
                "tallies WHERE day < $2)"
            ))
            .bind(before_ms)
            .bind(day(before_ms))
            .fetch_one(pool)
            .await
            .map_err(failed("counting what is old"))?;
            let [attempts, set_aside, counts] = [0, 1, 2].map(|at| unsigned(row.get(at)));
            Ok(Pruned { attempts, set_aside, counts })
        }

        /// A row of `data, first_received_ms, last_received_ms, event_time_ms, clock_skew, flood`.
        fn stored(row: &$row) -> Option<StoredAttempt> {
            Some(StoredAttempt {
                attempt: serde_json::from_str(row.get(0)).ok()?,
                first_received_ms: row.get(1),
                last_received_ms: row.get(2),
                event_time_ms: row.get(3),
                clock_skew: row.get(4),
                flood: row.get(5),
            })
        }
    };
}

pub(super) use reading;
