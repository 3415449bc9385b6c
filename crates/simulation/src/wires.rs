//! What goes back and forth between the loop and the other side: requests that leave, outcomes and word that
//! come in, alone or several in one record.

use crate::day::Day;
use crate::invariant::Broken;
use crate::weather::Fault;

impl Day {
    /// Most requests leave soon, and most outcomes are entered soon.
    pub(crate) fn carry_some(&mut self) -> Result<(), Broken> {
        if self.weather.strikes(Fault::KilledBetweenTurns) {
            return self.start_again();
        }
        if self.dice.chance(80) {
            self.send_requests();
        }
        for effect in self.carrier.answers(self.now) {
            if self.dice.chance(60) {
                self.settle(effect)?;
            }
        }
        Ok(())
    }

    /// Some of the word that is on its way arrives, one after the other or waiting together.
    pub(crate) fn deliver(&mut self) -> Result<(), Broken> {
        let n = self.dice.between(1, 4);
        let facts = (0..n).filter_map(|_| self.cloud.deliver(&mut self.dice, &mut self.weather));
        let facts: Vec<_> = facts.collect();
        if self.dice.chance(60) {
            for fact in facts {
                let reply = self.give(fact.clone())?;
                if reply.is_none() {
                    self.cloud.not_taken(&mut self.weather, fact);
                }
            }
            return Ok(());
        }
        let replies = self.give_together(facts.clone())?;
        let not_taken = facts.into_iter().zip(replies);
        for (fact, _) in not_taken.filter(|(_, reply)| reply.is_none()) {
            self.cloud.not_taken(&mut self.weather, fact);
        }
        Ok(())
    }

    /// Requests, outcomes and word, until there is none.
    pub(crate) fn let_all_word_arrive(&mut self) -> Result<(), Broken> {
        loop {
            self.send_requests();
            let answers = self.carrier.answers(self.now);
            if answers.is_empty() && self.cloud.facts.is_empty() {
                return Ok(());
            }
            for effect in answers {
                self.settle(effect)?;
            }
            while let Some(fact) = self.cloud.deliver(&mut self.dice, &mut self.weather) {
                self.give(fact)?;
            }
        }
    }
}
