//! F7: the line breaks after every byte of a session, in both directions. Whatever was cut, the next rounds finish
//! it: nothing lost, nothing doubled, and what may have been sent is said to be unknown and never sent again.

use crate::relay::{Cut, Direction, Passed};
use crate::scene::{SCENES, Scene, finish};
use crate::tally::{self, Tally};
use futures::StreamExt;
use std::collections::BTreeSet;

/// Cuts that one profile has to bear before a new one is taken.
const PER_WORLD: usize = 40;

/// How long the connections of an undisturbed run are, and where their sides take turns.
async fn undisturbed(scene: Scene) -> Vec<Passed> {
    let world = scene.world().await;
    world.synchronise().await;
    scene.prepare(&world, 1).await;
    world.settle().await;
    let entry = scene.act(&world, 1).await;
    scene.relay(&world).arm(None);
    world.synchronise().await;
    world.settle().await;
    let passed = scene.relay(&world).passed();
    finish(&world).await.expect("it goes on");
    let verdict = scene.judge(&world, 1, entry).await;
    verdict.unwrap_or_else(|what| panic!("{scene:?}, undisturbed: {what}"));
    passed
}

/// Where to cut: everywhere, or around the ends of commands and at every so many bytes.
fn cuts(passed: &[Passed], step: usize) -> Vec<Cut> {
    let mut cuts = BTreeSet::new();
    for (connection, passed) in passed.iter().enumerate() {
        for direction in [Direction::ToServer, Direction::ToClient] {
            let mut put = |after: u64| {
                cuts.insert(Cut { connection, direction, after });
            };
            // Beyond the end, too: the same session may be longer the next time.
            (0..=passed.length(direction)).step_by(step).for_each(&mut put);
            if step > 1 {
                passed.turns.iter().filter(|turn| turn.0 == direction).for_each(|turn| {
                    put(turn.1.saturating_sub(1));
                    put(turn.1);
                });
            }
        }
    }
    cuts.into_iter().collect()
}

/// One profile, one cut after the other.
async fn bear(scene: Scene, cuts: &[Cut]) -> Tally {
    let mut tally = Tally::default();
    let mut world = scene.world().await;
    world.synchronise().await;
    for (at, cut) in cuts.iter().enumerate() {
        let n = at + 1;
        scene.prepare(&world, n).await;
        world.settle().await;
        let entry = scene.act(&world, n).await;
        scene.relay(&world).arm(Some(*cut));
        // Whether this round fails depends on where it was cut.
        let first = world.try_synchronise().await;
        world.settle().await;
        let reached = scene.relay(&world).was_cut();
        scene.relay(&world).arm(None);
        // Every other time the program was ended as well.
        if at % 8 == 7 {
            world = world.restart().await;
        }
        let verdict = match finish(&world).await {
            Ok(()) => scene.judge(&world, n, entry).await,
            Err(what) => Err(format!("it does not go on: {what}")),
        };
        world.settle().await;
        match verdict {
            Ok(unknown) => tally.well(reached, unknown),
            Err(what) => {
                tally.wrong(reached, format!("{scene:?} {cut:?}: {what}; first round {first:?}"));
                // What is wrong now would be wrong again.
                world = scene.world().await;
                world.synchronise().await;
            }
        }
    }
    tally
}

async fn sweep(scene: Scene) {
    let passed = undisturbed(scene).await;
    let cuts = cuts(&passed, tally::every(397));
    let chunks = futures::stream::iter(cuts.chunks(PER_WORLD).map(|chunk| bear(scene, chunk)));
    let tallies: Vec<Tally> = chunks.buffer_unordered(4).collect().await;
    let tally = tallies.into_iter().fold(Tally::default(), Tally::and);
    let bytes: u64 = passed.iter().map(|p| p.to_client + p.to_server).sum();
    tally.report(&format!("F7 {scene:?}, {} connections, {bytes} bytes", passed.len()));
}

macro_rules! sweeps {
    ($($name:ident: $scene:expr;)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            sweep($scene).await;
        })*

        #[test]
        fn every_scene_is_swept() {
            assert_eq!([$($scene),*].len(), SCENES.len());
        }
    };
}

sweeps! {
    fetching_cut_at_every_byte: Scene::Fetch;
    appending_cut_at_every_byte: Scene::Append;
    replacing_a_draft_cut_at_every_byte: Scene::Replace;
    moving_cut_at_every_byte: Scene::Move;
    moving_without_move_cut_at_every_byte: Scene::MoveWithoutMove;
    moving_without_uidplus_cut_at_every_byte: Scene::MoveWithoutUidplus;
    moving_without_both_cut_at_every_byte: Scene::MoveWithoutBoth;
    copying_cut_at_every_byte: Scene::Copy;
    expunging_cut_at_every_byte: Scene::Expunge;
    flagging_cut_at_every_byte: Scene::Store;
    creating_cut_at_every_byte: Scene::Create;
    sending_cut_at_every_byte: Scene::Send;
    pop3_cut_at_every_byte: Scene::Pop3;
}
