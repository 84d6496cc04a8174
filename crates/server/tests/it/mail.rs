//! Mail: through the queue to a real SMTP conversation, with refusals, outages and floods.

use chrono::Duration;
use som_server::db::SystemScope;
use som_server::mail::{Letter, Link, post};
use som_server::security::links::Purpose;

use crate::harness::TestApp;
use crate::harness::smtp::Manner;

async fn put(app: &TestApp, to: &str, letter: &Letter) -> bool {
    let mut tx = app.state.db().system(SystemScope::Identity).await.unwrap();
    let posted = post(&mut tx, &app.state, app.clock.now(), to, letter)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    posted
}

fn reset(app: &TestApp) -> Letter {
    Letter::ResetPassword {
        link: Link {
            purpose: Purpose::ResetPassword,
            seed: app.state.auth().keys().seed().unwrap(),
            expires_at: app.clock.now() + Purpose::ResetPassword.life(),
        },
    }
}

async fn states(app: &TestApp) -> Vec<(String, i32, String)> {
    sqlx::query_as(
        "select state, attempts, coalesce(last_error, '') from jobs where kind = 'send_mail' order by id",
    )
    .fetch_all(&app.admin_pool().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_letter_arrives_as_text_and_html() {
    let (app, smtp) = TestApp::with_mail().await;
    let invitation = Letter::Invitation {
        link: Link {
            purpose: Purpose::Invite,
            seed: app.state.auth().keys().seed().unwrap(),
            expires_at: app.clock.now() + Purpose::Invite.life(),
        },
        organization: "Łódź & Sons <b>\r\nBcc: all@test.example".to_owned(),
        inviter: "Ada".to_owned(),
    };
    assert!(put(&app, "New.Rep@test.example", &invitation).await);
    assert!(smtp.take().is_empty(), "a request never talks SMTP");
    app.work().await;
    let mails = smtp.take();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, ["New.Rep@test.example"]);
    let (headers, _) = mail.text.split_once("\n\n").unwrap();
    assert!(!headers.contains("\nBcc:"), "{headers}");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.header("From").contains("<som@test.example>"));
    assert!(mail.header("Message-ID").ends_with("@localhost>"));
    let link = format!(
        "{}/accept-invitation#t={}",
        app.state.config().server.origin(),
        mail.token()
    );
    assert!(mail.text.matches(&link).count() == 2, "{}", mail.text);
    assert!(mail.text.contains("&amp; Sons &lt;b&gt;"), "{}", mail.text);
    assert_eq!(mail.token().len(), 43);
    let (kept,): (String,) =
        sqlx::query_as("select payload::text from jobs where kind = 'send_mail'")
            .fetch_one(&app.admin_pool().await)
            .await
            .unwrap();
    assert!(!kept.contains(&mail.token()), "the queue holds no token");
}

#[tokio::test]
async fn nobody_is_flooded() {
    let (app, smtp) = TestApp::with_mail().await;
    let mut posted = Vec::new();
    for n in 0..5 {
        let address = if n % 2 == 0 {
            "rep@test.example"
        } else {
            "REP@test.example"
        };
        posted.push(put(&app, address, &reset(&app)).await);
    }
    assert_eq!(posted, [true, true, true, false, false]);
    assert!(put(&app, "admin@test.example", &reset(&app)).await);
    // what happened to the account itself is told all the same
    let notice = Letter::PasswordChanged {
        at: app.clock.now(),
    };
    assert!(put(&app, "rep@test.example", &notice).await);
    app.clock.advance(Duration::minutes(59));
    assert!(!put(&app, "rep@test.example", &reset(&app)).await);
    app.clock.advance(Duration::minutes(1));
    assert!(put(&app, "rep@test.example", &reset(&app)).await);
    app.work().await;
    // the first four ran out meanwhile: only the notice and the last one are worth sending
    assert_eq!(smtp.take().len(), 2);
}

#[tokio::test]
async fn a_mail_server_that_is_away_gets_the_mail_later() {
    let (app, smtp) = TestApp::with_mail().await;
    let notice = Letter::SessionStolen {
        at: app.clock.now(),
    };
    put(&app, "rep@test.example", &notice).await;
    for manner in [Manner::Busy, Manner::Silent] {
        smtp.behave(manner);
        app.work().await;
        let [(state, _, error)] = &states(&app).await[..] else {
            panic!("one mail")
        };
        assert_eq!(state, "queued", "{error}");
        assert!(!error.is_empty());
        app.clock.advance(Duration::hours(1));
    }
    smtp.behave(Manner::Friendly);
    app.work().await;
    assert_eq!(states(&app).await[0].0, "done");
    assert_eq!(states(&app).await[0].1, 3);
    assert_eq!(smtp.take().len(), 1);
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again_and_a_hopeless_one_ends_as_a_dead_letter() {
    let (app, smtp) = TestApp::with_mail().await;
    let notice = Letter::AccountDeleted;
    smtp.behave(Manner::Refuses);
    put(&app, "gone@test.example", &notice).await;
    app.work().await;
    let (state, attempts, error) = states(&app).await.remove(0);
    assert_eq!((state.as_str(), attempts), ("failed", 1));
    assert!(error.contains("refused"), "{error}");
    smtp.behave(Manner::Busy);
    put(&app, "rep@test.example", &notice).await;
    for _ in 0..25 {
        app.work().await;
        app.clock.advance(Duration::hours(2));
    }
    let (state, attempts, _) = states(&app).await.remove(1);
    assert_eq!((state.as_str(), attempts), ("dead", 20));
}

#[tokio::test]
async fn development_writes_mails_into_files() {
    let app = TestApp::new().await;
    put(&app, "rep@test.example", &reset(&app)).await;
    app.work().await;
    let dir = app.state.config().data_dir.join("outbox");
    let files: Vec<_> = std::fs::read_dir(dir).unwrap().collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    assert!(text.contains("To: rep@test.example"), "{text}");
}

#[tokio::test]
async fn without_mail_nothing_is_queued() {
    let app =
        TestApp::configured(|c| c.mail.transport = som_server::config::MailTransport::Off).await;
    assert!(!put(&app, "rep@test.example", &reset(&app)).await);
    assert!(states(&app).await.is_empty());
}

#[tokio::test]
async fn the_doctor_hears_whether_the_server_answers() {
    let (app, smtp) = TestApp::with_mail().await;
    assert_eq!(
        app.state.mailer().check().await,
        Ok("the mail server answers")
    );
    smtp.behave(Manner::Silent);
    assert!(app.state.mailer().check().await.is_err());
}
